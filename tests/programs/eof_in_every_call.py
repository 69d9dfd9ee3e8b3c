# peers: puppet
"""The end of the stream, as every way of reading sees it."""
import select
import socket

from support import outcome
from support.puppet import Puppet

puppet = Puppet()
calls = {
    "recv": lambda sock: sock.recv(10),
    "recv_into": lambda sock: sock.recv_into(bytearray(10)),
    "recvfrom": lambda sock: sock.recvfrom(10),
    "recvmsg": lambda sock: sock.recvmsg(10),
    "recvmsg_into": lambda sock: sock.recvmsg_into([bytearray(10)]),
    "waitall": lambda sock: sock.recv(10, socket.MSG_WAITALL),
    "peek": lambda sock: sock.recv(10, socket.MSG_PEEK),
    "makefile read": lambda sock: sock.makefile("rb").read(),
    "makefile readline": lambda sock: sock.makefile("r").readline(),
    "makefile readinto": lambda sock: sock.makefile("rb", 0).readinto(bytearray(10)),
}
for name, call in calls.items():
    for before in (b"", b"abc"):
        sock = puppet.meet()
        if before:
            puppet.say(before)
        puppet.start("close")
        outcome(f"{name} {before}", call, sock)
        puppet.finish()
        sock.close()
