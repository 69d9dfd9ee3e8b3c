# peers: udp-closed udp-echo
"""What datagram sockets refuse, and how a refusing peer is told."""
import select
import socket

from support import outcome, peer

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
outcome("no destination", sock.send, b"x")
outcome("too long", sock.sendto, b"x" * 65536, peer("udp-echo"))
outcome("longest", sock.sendto, b"x" * 65507, peer("udp-echo"))
outcome("listen", sock.listen)
outcome("accept", sock.accept)
outcome("shutdown", sock.shutdown, socket.SHUT_RDWR)
outcome("family", sock.sendto, b"x", ("::1", 1))
outcome("port", sock.sendto, b"x", ("127.0.0.1", 65536))
sock.close()
outcome("closed", sock.sendto, b"x", peer("udp-echo"))

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.settimeout(30)
    sock.connect(peer("udp-closed"))
    outcome("send", sock.send, b"anybody?")
    print("told", select.select([sock], [], [], 30)[0] == [sock])
    outcome("recv", sock.recv, 10)
    sock.settimeout(0.05)
    outcome("told once", sock.recv, 10)
