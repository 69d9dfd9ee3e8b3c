"""Options of a datagram socket."""
import socket

from support import outcome

S = socket.SOL_SOCKET
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for name in ("SO_TYPE", "SO_DOMAIN", "SO_PROTOCOL", "SO_ERROR", "SO_ACCEPTCONN"):
    outcome(name, sock.getsockopt, S, getattr(socket, name))
outcome("ttl", sock.setsockopt, socket.IPPROTO_IP, socket.IP_TTL, 12)
outcome("ttl", sock.getsockopt, socket.IPPROTO_IP, socket.IP_TTL)
for name in ("SO_RCVBUF", "SO_SNDBUF"):
    option = getattr(socket, name)
    outcome(name, sock.setsockopt, S, option, 16384)
    print(name, sock.getsockopt(S, option) >= 16384)
outcome("nodelay", sock.getsockopt, socket.IPPROTO_TCP, socket.TCP_NODELAY)
six = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
outcome("domain", six.getsockopt, S, socket.SO_DOMAIN)
outcome("hops", six.setsockopt, socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 9)
outcome("hops", six.getsockopt, socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS)
