# peers: puppet
"""shutdown of the reading side and of both sides."""
import socket

from support import connected, outcome
from support.puppet import Puppet

puppet = Puppet()
sock = puppet.meet()
sock.shutdown(socket.SHUT_RD)
outcome("recv", sock.recv, 10)
outcome("send", sock.send, b"abc")
print(puppet.receive(3))
sock.close()

ours, theirs = connected()
ours.sendall(b"before")
ours.shutdown(socket.SHUT_RDWR)
outcome("recv", ours.recv, 10)
outcome("send", ours.send, b"x")
outcome("theirs", theirs.recv, 10)
outcome("theirs end", theirs.recv, 10)
outcome("bad", theirs.shutdown, 7)
ours.close()
theirs.close()
