# peers: puppet
"""Small writes on a socket with TCP_NODELAY whose peer has reset the connection fail in time, and harm nobody."""
import select
import socket

from support import outcome
from support.puppet import Puppet

puppet = Puppet()
for leave in ("close", "shutdown", "drop"):
    sock = puppet.meet()
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.send(b"held or sent")
    print(puppet.receive(12))
    puppet.do("reset")
    select.select([sock], [], [], 30)
    try:
        for _ in range(1000):
            sock.send(b"too late")
        print("never failed")
    except (ConnectionResetError, BrokenPipeError):
        print("failed")
    outcome("recv", sock.recv, 1)
    if leave == "close":
        outcome("close", sock.close)
    elif leave == "shutdown":
        outcome("shutdown", sock.shutdown, socket.SHUT_RDWR)
    del sock
witness = puppet.meet()
witness.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
witness.send(b"alive")
print(puppet.receive(5))
