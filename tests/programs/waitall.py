# peers: puppet
"""MSG_WAITALL waits for as much as was asked for, or the end."""
import socket

from support import outcome
from support.puppet import Puppet

puppet = Puppet()
sock = puppet.meet()
puppet.say(b"12345")
puppet.start("say", b"67890".hex())
outcome("all", sock.recv, 10, socket.MSG_WAITALL)
puppet.finish()

puppet.say(b"abc")
sock.settimeout(0.2)
outcome("timeout gives what came", sock.recv, 10, socket.MSG_WAITALL)

sock.settimeout(None)
puppet.say(b"xyz")
puppet.do("close")
buffer = bytearray(10)
outcome("end", sock.recv_into, buffer, 10, socket.MSG_WAITALL)
print(buffer)
