"""settimeout, setblocking and the default timeout: what they take and what they refuse."""
import socket

from support import connected, outcome

sock = socket.socket()
for value in (None, 0, 0.0, 1, 2.5, True, 1e-9):
    sock.settimeout(value)
    print(value, sock.gettimeout(), sock.getblocking(), sock.timeout)
for value in (-1, float("nan"), "1", 1e300, [], float("-inf")):
    try:
        sock.settimeout(value)
    except (ValueError, TypeError, OverflowError) as error:
        print(repr(value), type(error).__name__)
for value in (True, False, 5, 0):
    sock.setblocking(value)
    print(value, sock.gettimeout())

print(socket.getdefaulttimeout())
socket.setdefaulttimeout(12.5)
print(socket.getdefaulttimeout(), socket.socket().gettimeout())
ours, theirs = connected()
print("accepted", theirs.gettimeout(), "pair", socket.socketpair()[0].gettimeout())
outcome("negative", socket.setdefaulttimeout, -1)
socket.setdefaulttimeout(0)
print(socket.socket().getblocking())
socket.setdefaulttimeout(None)
print(socket.socket().getblocking(), socket.socket(type=socket.SOCK_STREAM | socket.SOCK_NONBLOCK).gettimeout())
