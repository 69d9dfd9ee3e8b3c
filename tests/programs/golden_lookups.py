# native: 3.14
"""What lookups and conversions of names, numbers and addresses answer, to the letter."""
import socket

from support import outcome

IPV4 = "127.0.0.1"

for name, values in (
    ("htons", (-1, 1 << 16, "1", 1.0)),
    ("ntohs", (-1, 1 << 16, "1", 1.0)),
    ("htonl", (-1, 1 << 32, "1", 1.0)),
    ("ntohl", (-1, 1 << 32, "1", 1.0)),
    ("if_indextoname", (-1, 9999, 1 << 40, "1")),
    ("if_nametoindex", ("nonsense0", 5)),
    ("getservbyname", ("nonsense", 5)),
    ("getservbyport", (-1, 70000, "x")),
    ("getprotobyname", ("nonsense", 5)),
    ("gethostbyname", ("", "<broadcast>", None)),
    ("gethostbyaddr", ("192.0.2.300", 5)),
    ("sethostname", (5,)),
    ("inet_aton", ("1.2.3.4.5", "127.1", 5)),
    ("inet_ntoa", (b"123", "1.2.3.4")),
    ("CMSG_LEN", (0, 8, -1, "x")),
    ("CMSG_SPACE", (0, 10, -1, "x")),
):
    for value in values:
        outcome(f"{name}({value!r})", getattr(socket, name), value)

for arguments in (
    (socket.AF_INET, "1.2"),
    (socket.AF_INET6, "::x"),
    (99, "1"),
):
    outcome(f"inet_pton{arguments[1:]}", socket.inet_pton, *arguments)
for arguments in (
    (socket.AF_INET, b"1"),
    (socket.AF_INET6, b"1"),
    (99, b"1"),
):
    outcome(f"inet_ntop{arguments[1:]}", socket.inet_ntop, *arguments)

for arguments in (
    ((IPV4, 80, 0, 0), 0),
    (("nonsense.invalid", 80), 0),
    (("::1", 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV),
    ([IPV4, 80], 0),
):
    outcome(f"getnameinfo{arguments}", socket.getnameinfo, *arguments)

STREAM = socket.SOCK_STREAM
for label, arguments in {
    "a family that is none": (IPV4, 80, 999),
    "IPv4 as IPv6": (IPV4, 80, socket.AF_INET6),
    "IPv4 mapped": (IPV4, 80, socket.AF_INET6, STREAM, 0, socket.AI_V4MAPPED),
    "flags that are none": (IPV4, 80, 0, 0, 0, 0x1000_0000),
    "a type that is none": (IPV4, 80, 0, 99),
    "short": ("127.1", 80, 0, STREAM),
    "port -1": (IPV4, -1, 0, STREAM),
    "port 70000": (IPV4, 70000, 0, STREAM),
    "neither": (None, None),
    "canonical name": ("localhost", 80, socket.AF_INET, STREAM, 0, socket.AI_CANONNAME),
    "service, numeric only": (IPV4, "http", 0, 0, 0, socket.AI_NUMERICSERV),
    "host, numeric only": ("localhost", 80, 0, 0, 0, socket.AI_NUMERICHOST),
    "service that is none": (IPV4, "nonsense"),
    "port as float": (IPV4, 1.5),
    "host as int": (1, 80),
    "scope by number": ("fe80::1%1", 80, 0, STREAM),
    "scope by name": ("ff02::1%lo", 80, 0, STREAM),
    "long label": ("a" * 70, 80),
    "protocol alone": (IPV4, 80, 0, 0, socket.IPPROTO_TCP),
    "bytes": (b"127.0.0.1", b"80", 0, STREAM),
    "null character": ("a\0b", 1),
}.items():
    outcome(f"getaddrinfo: {label}", socket.getaddrinfo, *arguments)
