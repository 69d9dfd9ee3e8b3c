# native: 3.14
"""htons and its relatives, CMSG_LEN and CMSG_SPACE, interface names."""
import socket

from support import outcome

for name in ("htons", "ntohs", "htonl", "ntohl"):
    call = getattr(socket, name)
    for value in (0, 1, 0x1234, 0xFFFF, 1.5, "1"):
        outcome(f"{name} {value!r}", call, value)
    for value in (-1, 1 << 16 if name.endswith("s") else 1 << 32, 1 << 70):
        try:
            call(value)
        except (OverflowError, ValueError):
            print(name, value, "refused")
print(socket.htonl(0x12345678) == 0x78563412, socket.ntohl(socket.htonl(99)))
print(socket.CMSG_LEN(0) <= socket.CMSG_SPACE(0) + 16, socket.CMSG_SPACE(1) >= socket.CMSG_LEN(1))
outcome("CMSG_LEN", socket.CMSG_LEN, -1)
outcome("CMSG_SPACE", socket.CMSG_SPACE, -1)
outcome("CMSG_LEN text", socket.CMSG_LEN, "1")
outcome("no interface", socket.if_nametoindex, "no-such-interface")
outcome("no index", socket.if_indextoname, 99999)
print((1, "lo") in socket.if_nameindex(), socket.if_nametoindex("lo"), socket.if_indextoname(1))
print(sorted(name for name in dir(socket) if name.startswith(("SHUT_", "INADDR_", "EAI_", "NI_", "IPPORT_"))))
print([(name, int(getattr(socket, name))) for name in sorted(dir(socket)) if name.startswith(("AI_", "EAI_", "INADDR_", "SHUT_", "MSG_"))])
