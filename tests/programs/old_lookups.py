"""gethostbyname and its relatives on numbers."""
import socket

from support import outcome

for name in ("127.0.0.1", "", "<broadcast>", "255.255.255.255", "127.1", "10.0.0.1"):
    outcome(f"gethostbyname {name!r}", socket.gethostbyname, name)
outcome("gethostbyname v6", socket.gethostbyname, "::1")
outcome("gethostbyname int", socket.gethostbyname, 1)
outcome("gethostbyname_ex", socket.gethostbyname_ex, "10.1.2.3")
outcome("gethostbyaddr int", socket.gethostbyaddr, 1)
for label, address, flags in (
    ("v4", ("127.0.0.1", 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV), ("service", ("127.0.0.1", 80), socket.NI_NUMERICHOST),
    ("udp service", ("127.0.0.1", 53), socket.NI_NUMERICHOST | socket.NI_DGRAM), ("unknown service", ("127.0.0.1", 65000), socket.NI_NUMERICHOST),
    ("v6", ("::1", 443, 0, 0), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV), ("v6 pair", ("::1", 443), 3),
    ("v4 four", ("127.0.0.1", 80, 0, 0), 3), ("a name", ("no.name.invalid", 80), 3), ("list", ["127.0.0.1", 80], 3),
    ("flowinfo", ("::1", 80, 1 << 20), 3), ("one", ("127.0.0.1",), 3), ("text port", ("127.0.0.1", "80"), 3),
):
    outcome(f"getnameinfo {label}", socket.getnameinfo, address, flags)
