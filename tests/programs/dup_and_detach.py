# peers: puppet
"""dup shares one connection; detach hands its descriptor over."""
import os
import socket

from support import outcome
from support.puppet import Puppet

puppet = Puppet()
sock = puppet.meet()
sock.settimeout(7.5)
copy = sock.dup()
print(copy.fileno() != sock.fileno(), copy.gettimeout(), copy.getpeername() == sock.getpeername())
puppet.say(b"abcdef")
print(sock.recv(3), copy.recv(3))
sock.close()
copy.sendall(b"still open")
print(puppet.receive(10))

number = copy.detach()
print(copy.fileno(), number >= 0)
outcome("detached", copy.send, b"x")
again = socket.socket(fileno=number)
print(again.family.name, again.type.name, again.proto, again.gettimeout())
again.sendall(b"again")
print(puppet.receive(5))

third = socket.fromfd(again.fileno(), socket.AF_INET, socket.SOCK_STREAM)
again.setblocking(False)
print("O_NONBLOCK is shared", os.get_blocking(third.fileno()), "timeout is not", third.gettimeout())
again.setblocking(True)
raw = socket.dup(third.fileno())
socket.close(raw)
outcome("close twice", socket.close, raw)
again.close(), third.close()
print(puppet.receive(1))
