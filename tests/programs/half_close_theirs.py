# peers: half-close puppet
"""After the peer's FIN we read the end, and can still send."""
import socket

from support import peer, read_all
from support.puppet import Puppet

with socket.create_connection(peer("half-close")) as sock:
    print(read_all(sock), sock.recv(1))
    print(sock.send(b"still here"))

puppet = Puppet()
sock = puppet.meet()
puppet.say(b"the end")
puppet.do("finish")
print(read_all(sock))
sock.sendall(b"not yet")
print(puppet.receive(7))
sock.shutdown(socket.SHUT_WR)
print(puppet.receive(1), sock.recv(1))
