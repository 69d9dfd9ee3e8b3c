# peers: puppet udp-echo
"""Asking for far more than there is costs only what there is."""
import socket

from support import outcome, peer
from support.puppet import Puppet

puppet = Puppet()
sock = puppet.meet()
puppet.say(b"a little")
outcome("recv", sock.recv, 1 << 30)
puppet.say(b"again")
outcome("recvfrom", sock.recvfrom, 1 << 30)
puppet.say(b"message")
outcome("recvmsg", sock.recvmsg, 1 << 30)
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
    udp.settimeout(30)
    udp.sendto(b"datagram", peer("udp-echo"))
    outcome("datagram", udp.recv, 1 << 30)
puppet.do("close")
outcome("end", sock.recv, 1 << 30)
