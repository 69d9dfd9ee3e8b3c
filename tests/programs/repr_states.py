# peers: full puppet
"""repr works in every state."""
import socket

from support import connected, listener, normal, peer
from support.puppet import Puppet


def show(state, sock):
    print(state, normal(repr(sock)))


sock = socket.socket()
show("fresh", sock)
sock.bind(("127.0.0.1", 0))
show("bound", sock)
sock.listen()
show("listening", sock)
sock.close()
show("closed", sock)
ours, theirs = connected()
show("connected", ours)
ours.shutdown(socket.SHUT_WR)
show("half closed", ours)
theirs.close()
show("theirs", theirs)
ours.detach()
show("detached", ours)
sock = socket.socket()
sock.setblocking(False)
sock.connect_ex(peer("full"))
show("connecting", sock)
puppet = Puppet()
sock = puppet.meet()
puppet.do("reset")
try:
    sock.recv(1)
except ConnectionResetError:
    show("reset", sock)
show("udp", socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))
left, right = socket.socketpair()
show("pair", left)
print(normal(super(socket.socket, left).__repr__()).replace("family=1", "family=AF_UNIX"))
