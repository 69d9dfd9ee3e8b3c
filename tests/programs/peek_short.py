# peers: puppet
"""A peek that is shorter than what has arrived shortens nothing that comes after it."""
import select
import socket

from support import connected
from support.puppet import Puppet


def settle(sock):
    """Once something is there, all that was sent before is."""
    select.select([sock], [], [], 5)


def into(sock):
    buffer = bytearray(1024)
    count = sock.recv_into(buffer)
    return bytes(buffer[:count])


def line(sock):
    with sock.makefile("rb") as file:
        return file.readline()


TAKEN = {
    "recv": lambda sock: sock.recv(1024),
    "recv_into": into,
    "recvfrom": lambda sock: sock.recvfrom(1024)[0],
    "recvmsg": lambda sock: sock.recvmsg(1024)[0],
    "recvmsg_into": lambda sock: sock.recvmsg_into([bytearray(3), bytearray(99)])[0],
    "all": lambda sock: sock.recv(9, socket.MSG_WAITALL),
    "makefile": line,
}
PEEKED = {
    "nothing": lambda sock: b"",
    "one": lambda sock: sock.recv(1, socket.MSG_PEEK),
    "one, twice": lambda sock: [sock.recv(1, socket.MSG_PEEK), sock.recv(1, socket.MSG_PEEK)],
    "two after select": lambda sock: (select.select([sock], [], [], 5)[0] == [sock], sock.recv(2, socket.MSG_PEEK)),
    "one into": lambda sock: sock.recv_into(bytearray(1), 1, socket.MSG_PEEK),
    "more than there is": lambda sock: sock.recv(999, socket.MSG_PEEK),
}
KINDS = {
    "tcp": connected,
    "stream": socket.socketpair,
    "datagrams": lambda: socket.socketpair(type=socket.SOCK_DGRAM),
    "packets": lambda: socket.socketpair(type=socket.SOCK_SEQPACKET),
}

for kind, make in KINDS.items():
    for peeked, peek in PEEKED.items():
        for taken, take in TAKEN.items():
            if taken == "makefile" and kind in ("datagrams", "packets"):
                continue
            ours, theirs = make()
            with ours, theirs:
                theirs.send(b"\x16\x03\x01hello\n")
                settle(ours)
                print(kind, peeked, peek(ours), taken, take(ours))

# What arrives after the peek comes with the rest.
puppet = Puppet()
sock = puppet.meet()
puppet.say(b"one")
print(sock.recv(1, socket.MSG_PEEK))
puppet.say(b"two")
print(sock.recv(6, socket.MSG_WAITALL))
puppet.say(b"end")
print(sock.recv(1, socket.MSG_PEEK))
puppet.do("close")
print(sock.recv(99), sock.recv(99))
