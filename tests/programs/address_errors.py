"""Addresses that connect and bind refuse before they reach the network."""
import socket

from support import outcome

four = socket.socket()
six = socket.socket(socket.AF_INET6)
for label, address in (
    ("text", "127.0.0.1:80"), ("list", ["127.0.0.1", 80]), ("one", ("127.0.0.1",)), ("three", ("127.0.0.1", 80, 0)),
    ("port", ("127.0.0.1", 65536)), ("negative port", ("127.0.0.1", -1)), ("text port", ("127.0.0.1", "80")),
    ("float port", ("127.0.0.1", 80.0)), ("int host", (2130706433, 80)), ("none host", (None, 80)),
    ("nul", ("127.0.0.1\0", 80)), ("v6 host", ("::1", 80)), ("surrogate", ("\udcff", 80)),
):
    outcome(f"connect {label}", four.connect, address)
    outcome(f"bind {label}", four.bind, address)
for label, address in (
    ("one", ("::1",)), ("five", ("::1", 80, 0, 0, 0)), ("flowinfo", ("::1", 80, 1 << 20)), ("negative flowinfo", ("::1", 80, -1)),
    ("port", ("::1", 70000)), ("v4 host", ("127.0.0.1", 80)), ("scope text", ("::1", 80, 0, "lo")),
):
    outcome(f"connect {label}", six.connect, address)
    outcome(f"bind {label}", six.bind, address)
outcome("bytes host", four.bind, (b"127.0.0.1", 0))
outcome("not ours", socket.socket().bind, ("192.0.2.1", 0))
outcome("short form", socket.socket().bind, ("127.1", 0))
