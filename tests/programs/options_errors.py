"""What getsockopt and setsockopt refuse."""
import socket

from support import outcome

sock = socket.socket()
S = socket.SOL_SOCKET
outcome("unknown get", sock.getsockopt, S, 9999)
outcome("unknown set", sock.setsockopt, S, 9999, 1)
outcome("unknown level", sock.getsockopt, 12345, 1)
outcome("unknown tcp", sock.getsockopt, socket.IPPROTO_TCP, 9999)
outcome("empty buffer", sock.getsockopt, S, socket.SO_KEEPALIVE, -1)
outcome("long buffer", sock.getsockopt, S, socket.SO_KEEPALIVE, 1025)
outcome("text", sock.setsockopt, S, socket.SO_KEEPALIVE, "1")
outcome("float", sock.setsockopt, S, socket.SO_KEEPALIVE, 1.0)
outcome("too big", sock.setsockopt, S, socket.SO_KEEPALIVE, 1 << 40)
outcome("short bytes", sock.setsockopt, S, socket.SO_KEEPALIVE, b"x")
outcome("read only", sock.setsockopt, S, socket.SO_TYPE, 1)
outcome("idle 0", sock.setsockopt, socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 0)
outcome("ttl 256", sock.setsockopt, socket.IPPROTO_IP, socket.IP_TTL, 256)
outcome("one argument", sock.getsockopt, S)
sock.close()
outcome("closed", sock.getsockopt, S, socket.SO_TYPE)
outcome("closed set", sock.setsockopt, S, socket.SO_KEEPALIVE, 1)
