# peers: puppet udp-echo
"""recvmsg and recvmsg_into."""
import socket

from support import outcome, peer
from support.puppet import Puppet

puppet = Puppet()
sock = puppet.meet()
puppet.say(b"0123456789")
outcome("recvmsg", sock.recvmsg, 3)
outcome("ancillary", sock.recvmsg, 2, 100)
first, second = bytearray(2), bytearray(10)
outcome("into", sock.recvmsg_into, [first, second])
print(first, second)
outcome("negative", sock.recvmsg, -1)
outcome("negative ancillary", sock.recvmsg, 1, -1)
outcome("read-only", sock.recvmsg_into, [b"abc"])
outcome("no iterable", sock.recvmsg_into, 5)
puppet.do("close")
outcome("end", sock.recvmsg, 10)
outcome("end into", sock.recvmsg_into, [first, second])

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
    udp.settimeout(30)
    udp.sendto(b"a datagram", peer("udp-echo"))
    outcome("peek", udp.recvmsg, 100, 0, socket.MSG_PEEK)
    first, second = bytearray(2), bytearray(3)
    count, ancillary, flags, address = udp.recvmsg_into([first, second])
    print(count, first, second, flags == socket.MSG_TRUNC, address == peer("udp-echo"))
