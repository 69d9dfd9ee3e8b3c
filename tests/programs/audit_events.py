# peers: echo udp-echo
"""Every audit event, its arguments and its order."""
import socket
import sys

from support import normal, peer

watching = False


def hook(event, arguments):
    if watching and event.startswith("socket."):
        print(event, *map(shown, arguments))


def shown(argument):
    if isinstance(argument, socket.SocketType):
        return "SOCKET"
    return "PORT" if isinstance(argument, int) and argument >= 1024 else normal(repr(argument))


def quietly(call, *arguments):
    try:
        return call(*arguments)
    except OSError as error:
        print("  ", type(error).__name__)


sys.addaudithook(hook)
echo, udp_echo = peer("echo"), peer("udp-echo")
watching = True
sock = socket.socket()
sock.bind(("127.0.0.1", 0))
sock.listen()
client = socket.create_connection(sock.getsockname())
accepted, _ = sock.accept()
accepted.dup().close()
socket.socket().connect_ex(echo)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.sendto(b"x", udp_echo)
client.sendmsg([b"x"])
udp.sendmsg([b"x"], [], 0, udp_echo)
socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)
socket.gethostbyname("127.0.0.1")
socket.gethostbyname_ex("127.0.0.1")
socket.gethostname()
quietly(socket.gethostbyaddr, "127.0.0.1")
socket.getnameinfo(("127.0.0.1", 80), socket.NI_NUMERICHOST)
socket.getservbyname("http")
socket.getservbyname("http", "tcp")
socket.getservbyport(80, "tcp")
socket.getservbyport(80)
socket.socketpair()
quietly(udp.sendto, b"", ("127.0.0.1", 0))
