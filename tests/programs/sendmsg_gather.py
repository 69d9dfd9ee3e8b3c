# peers: puppet udp-echo
"""sendmsg gathers buffers into one message."""
import array
import socket

from support import outcome, peer
from support.puppet import Puppet

puppet = Puppet()
sock = puppet.meet()
outcome("list", sock.sendmsg, [b"abc", bytearray(b"de"), memoryview(b"f")])
print(puppet.receive(6))
outcome("generator", sock.sendmsg, (bytes([letter]) for letter in b"xyz"))
print(puppet.receive(3))
outcome("array", sock.sendmsg, [array.array("B", b"12")])
print(puppet.receive(2))
outcome("nothing", sock.sendmsg, [])
outcome("empty", sock.sendmsg, [b"", b""])
outcome("flags", sock.sendmsg, [b"q"], [], socket.MSG_DONTWAIT)
print(puppet.receive(1))
outcome("no iterable", sock.sendmsg, 5)
outcome("bytes", sock.sendmsg, b"abc")
outcome("text", sock.sendmsg, ["abc"])
outcome("many", sock.sendmsg, [b"z"] * 1000)
print(puppet.receive(1000) == b"z" * 1000)

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
    udp.settimeout(30)
    outcome("no address", udp.sendmsg, [b"x"])
    outcome("datagram", udp.sendmsg, [b"one ", b"datagram"], [], 0, peer("udp-echo"))
    print(udp.recv(100))
    udp.connect(peer("udp-echo"))
    outcome("connected", udp.sendmsg, [b"two"])
    print(udp.recv(100))
