# peers: puppet udp-echo
"""recvfrom and recvfrom_into: a datagram's sender; none on a connected stream."""
import socket

from support import outcome, peer
from support.puppet import Puppet

puppet = Puppet()
sock = puppet.meet()
puppet.say(b"stream")
outcome("tcp recvfrom", sock.recvfrom, 3)
buffer = bytearray(3)
outcome("tcp recvfrom_into", sock.recvfrom_into, buffer)
print(buffer)

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
    udp.settimeout(30)
    outcome("sendto", udp.sendto, b"datagram", peer("udp-echo"))
    buffer = bytearray(20)
    count, address = udp.recvfrom_into(buffer)
    print(count, address == peer("udp-echo"), buffer)
    udp.sendto(b"datagram", peer("udp-echo"))
    count, address = udp.recvfrom_into(memoryview(buffer)[1:], 4)
    print(count, address == peer("udp-echo"), buffer)
    outcome("too small", udp.recvfrom_into, bytearray(3), 4)
    outcome("negative", udp.recvfrom, -1)
    outcome("negative", udp.recvfrom_into, bytearray(3), -1)
