# peers: udp-echo
# needs: ipv6
"""getsockname and getpeername of datagram sockets in every state."""
import socket

from support import outcome, peer

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
outcome("fresh", sock.getsockname)
outcome("fresh peer", sock.getpeername)
sock.bind(("127.0.0.1", 0))
outcome("bound", sock.getsockname)
outcome("bound peer", sock.getpeername)
outcome("bind again", sock.bind, ("127.0.0.1", 0))
sock.connect(peer("udp-echo"))
outcome("connected", sock.getsockname)
print(sock.getpeername() == peer("udp-echo"))
sock.close()
outcome("closed", sock.getsockname)

sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
outcome("fresh", sock.getsockname)
sock.bind(("::", 0))
outcome("any", sock.getsockname)
sock.close()

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.bind(("", 0))
    outcome("empty host", sock.getsockname)
