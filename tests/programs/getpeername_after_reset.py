# peers: puppet
"""After the peer's RST: the error once, then the end; names and repr do not fail hard."""
import select
import socket

from support import code, normal, outcome
from support.puppet import Puppet

puppet = Puppet()
sock = puppet.meet()
puppet.do("reset")
select.select([sock], [], [], 30)
outcome("recv", sock.recv, 1)
outcome("recv again", sock.recv, 1)
outcome("send", sock.send, b"x")
outcome("getpeername", sock.getpeername)
outcome("getsockname", sock.getsockname)
print(normal(repr(sock)))
outcome("shutdown", sock.shutdown, socket.SHUT_RDWR)
outcome("close", sock.close)

sock = puppet.meet()
puppet.do("reset")
select.select([sock], [], [], 30)
outcome("getpeername", sock.getpeername)
print("SO_ERROR", code(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)))
outcome("recv after SO_ERROR", sock.recv, 1)
outcome("close", sock.close)
