"""getaddrinfo of what needs no name service."""
import socket

from support import outcome

ask = socket.getaddrinfo
for label, arguments in (
    ("v4", ("127.0.0.1", 80)), ("v6", ("::1", 80)), ("stream", ("127.0.0.1", 80, 0, socket.SOCK_STREAM)),
    ("dgram", ("127.0.0.1", 53, 0, socket.SOCK_DGRAM)), ("tcp", ("127.0.0.1", 80, 0, 0, socket.IPPROTO_TCP)),
    ("service", ("127.0.0.1", "http", 0, socket.SOCK_STREAM)), ("text port", ("127.0.0.1", "8080", 0, socket.SOCK_STREAM)),
    ("no port", ("127.0.0.1", None, 0, socket.SOCK_STREAM)), ("bytes", (b"127.0.0.1", b"80", 0, socket.SOCK_STREAM)),
    ("none", (None, 80, 0, socket.SOCK_STREAM)), ("passive", (None, 80, 0, socket.SOCK_STREAM, 0, socket.AI_PASSIVE)),
    ("passive host", ("127.0.0.1", 80, socket.AF_INET, socket.SOCK_STREAM, 0, socket.AI_PASSIVE)),
    ("canonical", ("127.0.0.1", 80, 0, socket.SOCK_STREAM, 0, socket.AI_CANONNAME)),
    ("short", ("127.1", 80, 0, socket.SOCK_STREAM)), ("hexadecimal", ("0x7f000001", 80, 0, socket.SOCK_STREAM)),
    ("mapped", ("127.0.0.1", 80, socket.AF_INET6, socket.SOCK_STREAM, 0, socket.AI_V4MAPPED)),
    ("scope", ("fe80::1%1", 80, 0, socket.SOCK_STREAM)), ("port 70000", ("127.0.0.1", 70000, 0, socket.SOCK_STREAM)),
    ("numeric flags", ("::1", "443", 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST | socket.AI_NUMERICSERV)),
    ("udp service", ("127.0.0.1", "domain", 0, 0, socket.IPPROTO_UDP)), ("v4 in v6", ("::ffff:1.2.3.4", 80, 0, socket.SOCK_STREAM)),
):
    outcome(label, ask, *arguments)
outcome("keywords", ask, host="::1", port=1, family=socket.AF_INET6, type=socket.SOCK_STREAM, proto=0, flags=0)
