# peers: udp-echo udp-echo6
# needs: ipv6
"""sendto in its forms, over IPv4 and IPv6."""
import socket

from support import normal, outcome, peer

for name, family in (("udp-echo", socket.AF_INET), ("udp-echo6", socket.AF_INET6)):
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.settimeout(30)
        outcome("unbound", sock.getsockname)
        outcome("sendto", sock.sendto, b"two", peer(name))
        print(sock.recvfrom(10)[0])
        outcome("flags", sock.sendto, bytearray(b"three"), 0, peer(name))
        print(normal(repr(sock.recvfrom(10))))
        print("bound", sock.getsockname()[1] != 0)
        outcome("view", sock.sendto, memoryview(b"view"), peer(name))
        print(sock.recv(10))
        outcome("text", sock.sendto, "text", peer(name))
        outcome("one", sock.sendto, b"one")
        outcome("four", sock.sendto, b"", 0, peer(name), 1)
        outcome("flags first", sock.sendto, b"", peer(name), 0)
        outcome("no address", sock.sendto, b"", None)
