# peers: puppet
"""A slow reader: non-blocking sends are partial, and nothing is lost or repeated."""
import hashlib
import select

from support import PATTERN
from support.puppet import Puppet

puppet = Puppet()
sock = puppet.meet(8192)
sock.setblocking(False)
data = memoryview(PATTERN * 128)
position, received, partial = 0, 0, 0


def slow_read():
    """Let the peer read a little of what is on its way."""
    count = min(65536, position - received)
    arrived = bytes.fromhex(puppet.do("receive", count))
    assert arrived == data[received:received + count], received
    return count


while position < len(data):
    try:
        count = sock.send(data[position:])
        partial += position + count < len(data)
        position += count
    except BlockingIOError:
        while not select.select([], [sock], [], 0)[1]:
            received += slow_read()
print("partial", partial > 0, "waited", received > 0)
sock.close()
total, digest = puppet.do("drain").split()
rest = data[received:]
print("rest", int(total) == len(rest), digest == hashlib.sha256(rest).hexdigest())
