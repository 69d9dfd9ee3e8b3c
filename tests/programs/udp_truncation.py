# peers: puppet
"""A datagram that is longer than the buffer is cut; the rest is lost."""
import socket

from support import outcome
from support.puppet import Puppet

puppet = Puppet()
puppet.do("bind")
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.bind(("127.0.0.1", 0))
sock.settimeout(30)


def arrives():
    puppet.do("sendto", sock.getsockname()[1], b"0123456789".hex())


arrives(), outcome("recv", sock.recv, 4)
arrives(), outcome("whole", sock.recv, 100)
arrives(), outcome("recvfrom", sock.recvfrom, 4)
buffer = bytearray(6)
arrives(), outcome("recv_into", sock.recv_into, buffer, 3)
print(buffer)
arrives(), outcome("recvfrom_into", sock.recvfrom_into, buffer)
print(buffer)
arrives()
data, ancillary, flags, address = sock.recvmsg(4)
print(data, ancillary, flags == socket.MSG_TRUNC)
arrives()
data, ancillary, flags, address = sock.recvmsg(100)
print(data, ancillary, flags)
arrives(), outcome("MSG_TRUNC", sock.recv_into, bytearray(4), 4, socket.MSG_TRUNC)
arrives(), outcome("peek", sock.recv, 4, socket.MSG_PEEK)
outcome("then all", sock.recv, 100)
