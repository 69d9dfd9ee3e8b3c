# peers: puppet
"""Receiving datagrams in the three modes."""
import select
import socket

from support import outcome
from support.puppet import Puppet

puppet = Puppet()
puppet.do("bind")
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 0))
port = sock.getsockname()[1]

sock.setblocking(False)
outcome("nonblocking", sock.recv, 10)
outcome("nonblocking recvfrom", sock.recvfrom, 10)
sock.settimeout(0.1)
outcome("timeout", sock.recv, 10)
outcome("timeout recvfrom", sock.recvfrom, 10)
outcome("timeout recvmsg", sock.recvmsg, 10)
outcome("timeout recv_into", sock.recv_into, bytearray(10))

for timeout in (None, 30, 0):
    sock.settimeout(timeout)
    puppet.do("sendto", port, b"data".hex())
    if timeout == 0:
        select.select([sock], [], [], 30)
    outcome(timeout, sock.recvfrom, 10)
