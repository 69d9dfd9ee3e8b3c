# peers: puppet
"""accept in its three modes, and what the accepted socket inherits."""
import select
import socket

from support import listener, normal, outcome
from support.puppet import Puppet

puppet = Puppet()
server, (host, port) = listener()

server.setblocking(False)
outcome("nonblocking", server.accept)
server.settimeout(0.1)
outcome("timeout", server.accept)

for timeout in (None, 5.0, 0.0):
    server.settimeout(timeout)
    puppet.do("connect", port)
    select.select([server], [], [], 30)
    accepted, address = server.accept()
    print(timeout, "->", accepted.gettimeout(), address[0], address == accepted.getpeername())
    print(normal(repr(accepted)))
    accepted.close()

server.settimeout(None)
puppet.start("connect", port)
accepted, address = server.accept()
print("blocking", address[1] == int(puppet.finish()))
accepted.close()
server.close()
outcome("closed", server.accept)
outcome("not listening", socket.socket().accept)
