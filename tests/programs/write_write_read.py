# peers: puppet
"""Small writes before a read, with TCP_NODELAY: right bytes in the right order, however they travel."""
import select
import socket
import time

from support.puppet import Puppet

puppet = Puppet()
for nodelay in (0, 1):
    sock = puppet.meet()
    sock.settimeout(30)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, nodelay)
    for round in range(20):
        sock.send(b"head%02d" % round)
        sock.send(b"body%02d" % round)
        puppet.start("receive", 12)
        received = bytes.fromhex(puppet.finish())
        assert received == b"head%02dbody%02d" % (round, round), received
        puppet.say(b"answer")
        assert sock.recv(6, socket.MSG_WAITALL) == b"answer"
    sock.send(b"before select")
    puppet.start("receive", 13)
    print(select.select([sock], [], [], 0.05)[0], bytes.fromhex(puppet.finish()))
    sock.send(b"before sleep")
    puppet.start("receive", 12)
    time.sleep(0.01)
    print(bytes.fromhex(puppet.finish()))
    sock.send(b"before close")
    sock.close()
    print(puppet.receive(100))
