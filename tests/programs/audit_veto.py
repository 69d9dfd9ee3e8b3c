# peers: echo
"""A hook that raises keeps the effect from happening."""
import socket
import sys

from support import outcome, peer

forbidden = set()


def hook(event, arguments):
    if event in forbidden:
        shown = [argument for argument in arguments if isinstance(argument, (bytes, str))]
        raise PermissionError(f"no {event} for {len(arguments)} arguments, {shown}")


sys.addaudithook(hook)
sock = socket.socket()
echo = peer("echo")
forbidden = {"socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname", "socket.__new__", "socket.sendmsg", "socket.getservbyname",
             "socket.sethostname"}
outcome("connect", sock.connect, echo)
outcome("connect_ex", sock.connect_ex, echo)
outcome("bind", sock.bind, ("127.0.0.1", 0))
outcome("new", socket.socket)
outcome("pair", socket.socketpair)
outcome("sendto", sock.sendto, b"", echo)
outcome("sendmsg", sock.sendmsg, [b""])
outcome("getaddrinfo", socket.getaddrinfo, "127.0.0.1", 80)
outcome("gethostbyname", socket.gethostbyname, "127.0.0.1")
outcome("getservbyname", socket.getservbyname, "http")
outcome("sethostname", socket.sethostname, "another")
outcome("create_connection", socket.create_connection, echo)
forbidden = set()
outcome("untouched", sock.getsockname)
outcome("connect now", sock.connect, echo)
