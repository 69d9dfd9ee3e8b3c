# peers: udp-echo puppet
"""A connected datagram socket sends without an address and hears only its peer."""
import socket

from support import normal, outcome, peer
from support.puppet import Puppet

puppet = Puppet()
other = ("127.0.0.1", int(puppet.do("bind")))
sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.settimeout(30)
outcome("send", sock.send, b"where to")
outcome("peer", sock.getpeername)
outcome("connect", sock.connect, peer("udp-echo"))
print("peer", sock.getpeername() == peer("udp-echo"), sock.getsockname()[0])
outcome("send", sock.send, b"to you")
puppet.do("sendto", sock.getsockname()[1], b"stranger".hex())
outcome("recv", sock.recv, 100)
sock.settimeout(0.1)
outcome("stranger", sock.recv, 100)
sock.settimeout(30)

outcome("sendto another", sock.sendto, b"elsewhere", other)
print(bytes.fromhex(puppet.do("datagram").split()[1]))
outcome("sendto same", sock.sendto, b"same", peer("udp-echo"))
print(sock.recv(100))
outcome("reconnect", sock.connect, other)
print("peer", sock.getpeername() == other)
sock.send(b"hello")
port, data = puppet.do("datagram").split()
print(int(port) == sock.getsockname()[1], bytes.fromhex(data))
print(normal(repr(sock)))
