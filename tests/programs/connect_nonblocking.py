# peers: echo closed full
"""A connect that does not wait: EINPROGRESS, readiness, SO_ERROR, EALREADY, EISCONN."""
import select
import socket

from support import code, outcome, peer

for name in ("echo", "closed"):
    with socket.socket() as sock:
        sock.setblocking(False)
        outcome(name, sock.connect, peer(name))
        readable, writable, _ = select.select([], [sock], [], 30)
        print("writable", writable == [sock])
        error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        print("SO_ERROR", code(error), "then", sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
        if name == "echo":
            outcome("again", sock.connect, peer(name))
            outcome("and again", sock.connect, peer(name))
            print("sent", sock.send(b"x"))

with socket.socket() as sock:
    sock.setblocking(False)
    outcome("full", sock.connect, peer("full"))
    outcome("full again", sock.connect, peer("full"))
    print("not yet", select.select([sock], [sock], [sock], 0.05))
    outcome("send", sock.send, b"x")
    outcome("recv", sock.recv, 1)
