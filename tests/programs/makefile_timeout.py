# peers: puppet
"""makefile on sockets with a timeout and without waiting."""
import select
import socket

from support import outcome
from support.puppet import Puppet

puppet = Puppet()
sock = puppet.meet()
sock.settimeout(0.1)
file = sock.makefile("rb")
outcome("timeout", file.readline)
outcome("then", file.readline)
sock.close(), file.close()

sock = puppet.meet()
sock.setblocking(False)
raw = sock.makefile("rb", buffering=0)
print(raw.read(10), raw.readinto(bytearray(3)))
puppet.say(b"data")
select.select([sock], [], [], 30)
print(raw.read(10))
writer = sock.makefile("wb", buffering=0)
full = False
while not full:
    full = writer.write(b"x" * 65536) is None
print("full", full)

sock = puppet.meet()
sock.settimeout(30)
file = sock.makefile("r")
puppet.say(b"a line\n")
print(repr(file.readline()))
