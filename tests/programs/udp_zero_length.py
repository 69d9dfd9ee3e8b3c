# peers: udp-echo puppet
"""Empty datagrams are datagrams, not an end."""
import socket

from support import outcome, peer
from support.puppet import Puppet

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.settimeout(30)
    outcome("sendto", sock.sendto, b"", peer("udp-echo"))
    data, address = sock.recvfrom(100)
    print(data, address == peer("udp-echo"))
    sock.connect(peer("udp-echo"))
    outcome("send", sock.send, b"")
    outcome("recv", sock.recv, 100)
    sock.send(b"after")
    outcome("after", sock.recv, 100)

puppet = Puppet()
puppet.do("bind")
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
    sock.bind(("127.0.0.1", 0))
    for _ in range(3):
        puppet.do("sendto", sock.getsockname()[1], "")
    print([sock.recv(10) for _ in range(3)])
