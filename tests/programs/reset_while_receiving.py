# peers: reset
"""A peer that resets in the middle of every way of reading."""
import socket

from support import outcome, peer

calls = {
    "recv": lambda sock: sock.recv(10),
    "recv_into": lambda sock: sock.recv_into(bytearray(10)),
    "recvfrom": lambda sock: sock.recvfrom(10),
    "recvmsg": lambda sock: sock.recvmsg(10),
    "waitall": lambda sock: sock.recv(10, socket.MSG_WAITALL),
    "makefile read": lambda sock: sock.makefile("rb").read(),
    "makefile readline": lambda sock: sock.makefile("r").readline(),
    "makefile iteration": lambda sock: list(sock.makefile("rb")),
}
for timeout in (None, 30):
    for name, call in calls.items():
        with socket.create_connection(peer("reset"), timeout=timeout) as sock:
            sock.sendall(b"!")
            outcome(name, call, sock)
            outcome("then recv", sock.recv, 1)
