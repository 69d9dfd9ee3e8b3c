# peers: puppet
"""A small write reaches the peer while Python code computes, without another call on a socket."""
import socket
import time

from support.puppet import Puppet

puppet = Puppet()
sock = puppet.meet()
sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
puppet.start("receive", 5)
sock.send(b"small")
deadline = time.monotonic() + 0.2
count = 0
while time.monotonic() < deadline:
    count += 1
puppet.control.setblocking(False)
try:
    # The answer is here only if the bytes left while the loop above ran: nothing waits for it.
    print(puppet.control.recv(100))
except BlockingIOError:
    print("the write is still held")
