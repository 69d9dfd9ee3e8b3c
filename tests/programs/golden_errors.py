# native: 3.14
"""Texts of errors as CPython 3.14 words them on Linux."""
import select
import socket

from support import connected, outcome

tcp = socket.socket()
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
six = socket.socket(socket.AF_INET6)
for name, values in (("htons", (-1, 1 << 16)), ("htonl", (-1, 1 << 32)), ("ntohs", (-1, 1 << 16)), ("ntohl", (-1, 1 << 32)), ("if_indextoname", (-1, 1 << 40))):
    for value in values:
        outcome(f"{name} {value}", getattr(socket, name), value)
for value in (-1, float("nan"), 1e300, "1"):
    outcome(f"settimeout {value}", tcp.settimeout, value)
outcome("idna", socket.getaddrinfo, "a" * 70, 80)
outcome("setsockopt text", tcp.setsockopt, socket.SOL_SOCKET, socket.SO_KEEPALIVE, "1")
outcome("setsockopt big", tcp.setsockopt, socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1 << 40)
outcome("setsockopt none", tcp.setsockopt, socket.SOL_SOCKET, socket.SO_KEEPALIVE, None)
outcome("recv", tcp.recv)
outcome("recv text", tcp.recv, "1")
outcome("send", tcp.send)
outcome("connect", tcp.connect)
outcome("shutdown", tcp.shutdown, "x")
outcome("shutdown big", tcp.shutdown, 1 << 40)
outcome("setblocking", tcp.setblocking)
outcome("bind", tcp.bind)
outcome("accept", tcp._accept)
outcome("recv unconnected", tcp.recv, 1)
outcome("send unconnected", tcp.send, b"x")
outcome("udp send", udp.send, b"x")
outcome("six connect", six.connect, ("::1", 1, 1 << 20))
outcome("select", select.select, [], [], [], -1)
outcome("poll", select.poll().poll, 1 << 70)
outcome("gethostbyaddr", socket.gethostbyaddr, "192.0.2.300")
outcome("immutable", setattr, socket.SocketType, "foo", 1)
outcome("cmsg", socket.CMSG_LEN, -1)
