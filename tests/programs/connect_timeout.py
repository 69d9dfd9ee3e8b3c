# peers: echo closed full
"""connect with a timeout: made, refused, and a peer that does not answer."""
import errno
import socket
import time

from support import code, outcome, peer

for name in ("echo", "closed", "full"):
    with socket.socket() as sock:
        sock.settimeout(0.3)
        start = time.monotonic()
        outcome(name, sock.connect, peer(name))
        if name == "full":
            print("waited", time.monotonic() - start >= 0.29)
        print("timeout kept", sock.gettimeout())

with socket.socket() as sock:
    sock.settimeout(0.2)
    number = sock.connect_ex(peer("full"))
    print("connect_ex", code(number), number == errno.EAGAIN)
try:
    socket.create_connection(peer("full"), timeout=0.2)
except TimeoutError as error:
    print("create_connection", error, error.errno)
