# peers: puppet udp-echo
"""MSG_PEEK leaves data where it is, on streams and datagrams."""
import select
import socket

from support import outcome, peer
from support.puppet import Puppet

puppet = Puppet()
sock = puppet.meet()
sock.settimeout(30)
puppet.say(b"abcdef")
outcome("peek", sock.recv, 3, socket.MSG_PEEK)
outcome("peek more", sock.recv, 100, socket.MSG_PEEK)
print("readable", select.select([sock], [], [], 0)[0] == [sock])
outcome("read", sock.recv, 4)
buffer = bytearray(4)
outcome("peek into", sock.recv_into, buffer, 4, socket.MSG_PEEK)
print(buffer)
outcome("rest", sock.recv, 100)
sock.settimeout(None)
outcome("nothing", sock.recv, 1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
puppet.do("close")
outcome("end", sock.recv, 1, socket.MSG_PEEK)

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.settimeout(30)
    sock.connect(peer("udp-echo"))
    sock.send(b"one")
    sock.send(b"two")
    outcome("peek", sock.recv, 100, socket.MSG_PEEK)
    outcome("peek", sock.recv, 100, socket.MSG_PEEK)
    outcome("recv", sock.recv, 100)
    outcome("recv", sock.recv, 100)
