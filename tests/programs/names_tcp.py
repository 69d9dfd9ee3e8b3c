# peers: full closed
# needs: ipv6
"""getsockname and getpeername of stream sockets in every state."""
import socket

from support import connected, listener, outcome, peer


def names(state, sock):
    outcome(f"{state}: getsockname", sock.getsockname)
    outcome(f"{state}: getpeername", sock.getpeername)


for family in (socket.AF_INET, socket.AF_INET6):
    sock = socket.socket(family)
    names("fresh", sock)
    sock.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
    names("bound", sock)
    outcome("bind again", sock.bind, sock.getsockname())
    sock.listen()
    names("listening", sock)
    sock.close()
    names("closed", sock)
    ours, theirs = connected(family)
    names("connected", ours)
    names("accepted", theirs)
    print(ours.getsockname() == theirs.getpeername(), theirs.getsockname() == ours.getpeername())
    ours.close(), theirs.close()

sock = socket.socket()
sock.setblocking(False)
sock.connect_ex(peer("full"))
names("connecting", sock)
sock = socket.socket()
sock.connect_ex(peer("closed"))
outcome("refused: getpeername", sock.getpeername)
