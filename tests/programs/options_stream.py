"""Options of a stream socket: read, set, and read again."""
import socket
import struct

from support import connected, outcome

S, T, I = socket.SOL_SOCKET, socket.IPPROTO_TCP, socket.IPPROTO_IP
sock = socket.socket()
for level, name in ((S, "SO_TYPE"), (S, "SO_DOMAIN"), (S, "SO_PROTOCOL"), (S, "SO_ACCEPTCONN"), (S, "SO_ERROR")):
    outcome(name, sock.getsockopt, level, getattr(socket, name))
for level, name, value in (
    (S, "SO_KEEPALIVE", 1), (S, "SO_REUSEADDR", 1), (T, "TCP_NODELAY", 1), (T, "TCP_KEEPIDLE", 123),
    (T, "TCP_KEEPINTVL", 45), (T, "TCP_KEEPCNT", 6), (I, "IP_TTL", 77), (S, "SO_KEEPALIVE", 0), (T, "TCP_NODELAY", 0),
):
    option = getattr(socket, name)
    outcome(name, sock.setsockopt, level, option, value)
    print(name, sock.getsockopt(level, option))
outcome("bytes", sock.setsockopt, S, socket.SO_KEEPALIVE, struct.pack("i", 1))
outcome("buffer", sock.getsockopt, S, socket.SO_KEEPALIVE, 4)
outcome("longer buffer", sock.getsockopt, S, socket.SO_KEEPALIVE, 16)
for name in ("SO_RCVBUF", "SO_SNDBUF"):
    option = getattr(socket, name)
    sock.setsockopt(S, option, 32768)
    print(name, sock.getsockopt(S, option) >= 32768)
sock.bind(("127.0.0.1", 0))
sock.listen()
print("SO_ACCEPTCONN", sock.getsockopt(S, socket.SO_ACCEPTCONN))
ours, theirs = connected()
ours.setsockopt(T, socket.TCP_NODELAY, True)
print("TCP_NODELAY", ours.getsockopt(T, socket.TCP_NODELAY), theirs.getsockopt(T, socket.TCP_NODELAY))
six = socket.socket(socket.AF_INET6)
outcome("hops", six.setsockopt, socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, 33)
outcome("hops", six.getsockopt, socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS)
outcome("v6only", six.setsockopt, socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
outcome("v6only", six.getsockopt, socket.IPPROTO_IPV6, socket.IPV6_V6ONLY)
