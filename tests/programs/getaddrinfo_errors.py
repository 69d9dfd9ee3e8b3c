"""What getaddrinfo refuses, and with which code."""
import socket

from support import outcome

ask = socket.getaddrinfo
for label, arguments in (
    ("v4 as v6", ("127.0.0.1", 80, socket.AF_INET6)), ("v6 as v4", ("::1", 80, socket.AF_INET)),
    ("family", ("127.0.0.1", 80, 9999)), ("type", ("127.0.0.1", 80, 0, 9999)), ("flags", ("127.0.0.1", 80, 0, 0, 0, 1 << 28)),
    ("neither", (None, None)), ("empty", ("", 80)), ("service", ("127.0.0.1", "no-such-service")),
    ("negative port", ("127.0.0.1", -1)), ("numeric service", ("127.0.0.1", "http", 0, 0, 0, socket.AI_NUMERICSERV)),
    ("numeric host", ("localhost", 80, 0, 0, 0, socket.AI_NUMERICHOST)), ("tcp of udp", ("127.0.0.1", 80, 0, socket.SOCK_DGRAM, socket.IPPROTO_TCP)),
    ("int host", (2130706433, 80)), ("float port", ("127.0.0.1", 80.0)), ("list port", ("127.0.0.1", [80])),
    ("canonical of none", (None, 80, 0, 0, 0, socket.AI_CANONNAME)), ("no host", ()),
):
    outcome(label, ask, *arguments)
for label, host in (("long label", "a" * 70), ("empty label", "a..b")):
    try:
        ask(host, 80)
    except UnicodeError as error:
        print(label, type(error).__mro__[-4].__name__)
    except OSError as error:
        print(label, error)
try:
    ask("127.0.0.1", "\udcff")
except UnicodeEncodeError:
    print("surrogate UnicodeEncodeError")
