# peers: puppet
"""send in its three modes, against a peer that does not read at first."""
import select

from support import PATTERN, outcome
from support.puppet import Puppet

puppet = Puppet()
sock = puppet.meet(4096)

sock.setblocking(False)
sent = 0
try:
    while True:
        sent += sock.send(PATTERN)
except BlockingIOError as error:
    print("full:", error.strerror, "after something", sent > 0)
print("writable", select.select([], [sock], [], 0)[1])

sock.settimeout(0.2)
outcome("timeout", sock.send, PATTERN)

sock.settimeout(None)
puppet.start("drain")
count = sock.send(b"blocking")
print("blocking", count)
sent += count
sock.close()
total, _ = puppet.finish().split()
print("all arrived", int(total) == sent)
