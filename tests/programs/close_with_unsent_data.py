# peers: silent puppet
"""Closing with unsent data against a peer that never reads does not hang."""
import socket
import time

from support import PATTERN, peer
from support.puppet import Puppet

for leave in ("close", "with", "collected", "exit"):
    sock = socket.create_connection(peer("silent"))
    sock.setblocking(False)
    try:
        while True:
            sock.send(PATTERN)
    except BlockingIOError:
        pass
    start = time.monotonic()
    if leave == "close":
        sock.close()
    elif leave == "with":
        with sock:
            pass
    elif leave == "collected":
        del sock
    print(leave, time.monotonic() - start < 20)

puppet = Puppet()
sock = puppet.meet()
sock.sendall(PATTERN)
sock.close()
total, _ = puppet.do("drain").split()
print("what was written before close arrives", total)
