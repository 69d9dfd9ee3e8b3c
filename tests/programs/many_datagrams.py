# peers: udp-echo
"""Datagrams of every size come back whole and in order."""
import socket

from support import PATTERN, peer

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.settimeout(30)
    sock.connect(peer("udp-echo"))
    right = 0
    for size in (0, 1, 2, 100, 1000, 1472, 1473, 8000, 16000, 32000, 65000, 65506, 65507):
        sock.send(PATTERN[:size])
        right += sock.recv(65536) == PATTERN[:size]
    print(right)
    for burst in range(50):
        for number in range(10):
            sock.send(b"%d" % number)
        assert [sock.recv(10) for _ in range(10)] == [b"%d" % number for number in range(10)], burst
    print("in order")
