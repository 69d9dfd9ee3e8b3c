# native: 3.14
"""What sockets say about arguments that are wrong, to the letter."""
import copy
import pickle
import select
import socket

from support import outcome

ADDRESS = ("127.0.0.1", 1)

tcp = socket.socket()
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
six = socket.socket(socket.AF_INET6)
local = socket.socket(socket.AF_UNIX)


def try_all(cases):
    """Each case: the socket, the method, its arguments."""
    for sock, method, *arguments in cases:
        shown = ", ".join(repr(argument)[:30] for argument in arguments)
        outcome(f"{sock.family.name} {method}({shown})", getattr(sock, method), *arguments)


for arguments in (
    (999,),
    (-5,),
    ("x",),
    (socket.AF_INET, 99),
    (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_UDP),
    (socket.AF_INET, socket.SOCK_STREAM, 0, -7),
    (socket.AF_INET, socket.SOCK_STREAM, 0, "x"),
    (socket.AF_INET, socket.SOCK_STREAM, 0, 999_999),
):
    outcome(f"socket{arguments}", socket.socket, *arguments)
outcome("socket, misspelt", socket.socket, famly=1)

OPTION = (socket.SOL_SOCKET, socket.SO_KEEPALIVE)
try_all(
    (
        *((tcp, "settimeout", value) for value in (-1, float("nan"), float("inf"), 1e300, "1", -0.0, True)),
        (tcp, "settimeout", None),
        (tcp, "setblocking"),
        (tcp, "recv"),
        (tcp, "recv", "1"),
        (tcp, "recv", -1),
        (tcp, "recvfrom", -1),
        (tcp, "recvmsg", -1),
        (tcp, "recvmsg", 1, -1),
        (tcp, "recvmsg_into", [b"x"]),
        (tcp, "recvmsg_into", 5),
        (tcp, "recv_into", bytearray(1), 2),
        (tcp, "recv_into", bytearray(1), -1),
        (tcp, "recv_into", b"x"),
        (tcp, "recvfrom_into", bytearray(1), 2),
        (tcp, "recvfrom_into", bytearray(1), -1),
        (tcp, "recvfrom_into", b"x"),
        (tcp, "send"),
        (tcp, "send", "x"),
        (tcp, "sendall", "x"),
        (tcp, "sendto", b"x"),
        (tcp, "sendto", "x", ADDRESS),
        (tcp, "sendto", b"x", "0", ADDRESS),
        (tcp, "sendto", b"x", 0, ADDRESS, 1),
        (tcp, "sendmsg", ["x"]),
        (tcp, "sendmsg", 5),
        (tcp, "sendmsg", [b"x"], 5),
        (tcp, "sendmsg", [b"x"], [1]),
        (tcp, "sendmsg", [b"x"], [(1, 2)]),
        (tcp, "sendmsg", [b"x"], [("a", 1, b"")]),
        (tcp, "listen", "x"),
        (tcp, "makefile", "z"),
        (tcp, "makefile", "rw", 0),
        (tcp, "shutdown", "x"),
        (tcp, "shutdown", 1 << 40),
        (tcp, "shutdown", 99),
        (tcp, "_accept"),
        (tcp, "bind"),
        (tcp, "bind", "x"),
        (tcp, "bind", ("127.0.0.1", 1 << 40)),
        (tcp, "connect"),
        (tcp, "connect", "x"),
        (tcp, "connect", ("x",)),
        (tcp, "connect", ("127.0.0.1", 70000)),
        (tcp, "connect", ("127.0.0.1", -1)),
        (tcp, "connect", ("127.0.0.1", "80")),
        (tcp, "connect", ("127.0.0.1", 1, 2)),
        (tcp, "connect", (1, 1)),
        (tcp, "connect", ("a\0b", 1)),
        (tcp, "connect", (b"a\0b", 1)),
        (tcp, "connect_ex", "x"),
        (udp, "sendto", b"x", "x"),
        (six, "connect", "x"),
        (six, "connect", ("::1",)),
        (six, "connect", ("::1", 1, 1 << 20)),
        (six, "connect", ("::1", 1, 0, 0, 0)),
        (local, "connect", ("a", 1)),
        (local, "connect", "a" * 200),
        (local, "connect", "/nonexistent/name"),
        (local, "bind", 5),
        (tcp, "setsockopt", *OPTION, "1"),
        (tcp, "setsockopt", *OPTION, 1 << 40),
        (tcp, "setsockopt", *OPTION, None),
        (tcp, "setsockopt", *OPTION, None, 0),
        (tcp, "setsockopt", *OPTION, None, 8),
        (tcp, "setsockopt", socket.SOL_SOCKET, 9999, 1),
        (tcp, "setsockopt", 9999, 1, 1),
        (tcp, "setsockopt", *OPTION),
        (tcp, "getsockopt", *OPTION, 8),
        (tcp, "getsockopt", *OPTION, -1),
        (tcp, "getsockopt", *OPTION, 5000),
        (tcp, "getsockopt", socket.SOL_SOCKET, 9999),
        (tcp, "getsockopt", 9999, 1),
    )
)

outcome("pickle", pickle.dumps, tcp)
outcome("copy", copy.copy, tcp)
outcome("set", setattr, socket.SocketType, "foo", 1)
outcome("delete", delattr, tcp, "foo")
outcome("ioctl", getattr, tcp, "ioctl")
outcome("setdefaulttimeout -1", socket.setdefaulttimeout, -1)
outcome("setdefaulttimeout text", socket.setdefaulttimeout, "x")
outcome("close", socket.close, -1)
outcome("dup", socket.dup, -1)
outcome("fromfd", socket.fromfd, -1, socket.AF_INET, socket.SOCK_STREAM)
outcome("socketpair", socket.socketpair, socket.AF_INET)
outcome("send_fds", socket.send_fds, tcp, [b"x"], ["x"])
outcome("recv_fds", socket.recv_fds, tcp, 1)
outcome("create_connection", socket.create_connection, ("127.0.0.1",))
outcome("create_server", socket.create_server, ("127.0.0.1", 0), family=99)
outcome("create_server, both", socket.create_server, ("127.0.0.1", 0), dualstack_ipv6=True)
outcome("select", select.select, [], [], [], -1)
outcome("select text", select.select, ["x"], [], [])
outcome("poll", select.poll().poll, 1 << 70)
outcome("register", select.poll().register, -1)
