# peers: puppet
"""recv in its three modes."""
import select
import time

from support import outcome
from support.puppet import Puppet

puppet = Puppet()
sock = puppet.meet()

sock.setblocking(False)
outcome("nonblocking", sock.recv, 10)
puppet.say(b"abc")
select.select([sock], [], [], 30)
outcome("ready", sock.recv, 10)

sock.settimeout(0.2)
start = time.monotonic()
outcome("timeout", sock.recv, 10)
print("waited", 0.19 <= time.monotonic() - start)
puppet.say(b"def")
outcome("in time", sock.recv, 2)
outcome("rest", sock.recv, 2)

sock.settimeout(None)
puppet.say(b"ghi")
outcome("blocking", sock.recv, 10)
outcome("none", sock.recv, 0)
puppet.do("close")
outcome("end", sock.recv, 10)
outcome("end again", sock.recv, 10)
