# peers: puppet
"""Backlogs of every size, listening without bind, listening twice."""
import socket

from support import connected, listener, outcome
from support.puppet import Puppet

for backlog in (0, -1, 1, 4096):
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    outcome(backlog, server.listen, backlog)
    puppet = Puppet()
    puppet.do("connect", server.getsockname()[1])
    accepted, _ = server.accept()
    accepted.close(), server.close(), puppet.close()
server = socket.socket()
outcome("unbound", server.listen)
print("a port", server.getsockname()[0], server.getsockname()[1] > 0)
outcome("twice", server.listen, 5)
try:
    server.listen(1 << 31)
except OverflowError:
    print("too big: OverflowError")
outcome("text", server.listen, "1")
outcome("bind", server.bind, ("127.0.0.1", 0))
outcome("recv", server.recv, 1)
outcome("send", server.send, b"x")
server.close()
outcome("closed", server.listen)
ours, theirs = connected()
outcome("connected", ours.listen)
