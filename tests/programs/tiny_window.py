# peers: tiny-window
"""sendall and sendfile to a peer with a tiny receive buffer."""
import hashlib
import io
import socket

from support import PATTERN, peer

data = PATTERN * 4
expected = f"{len(data)} {hashlib.sha256(data).hexdigest()}\n".encode()
for timeout in (None, 30):
    with socket.create_connection(peer("tiny-window"), timeout=timeout) as sock:
        sock.sendall(data)
        sock.shutdown(socket.SHUT_WR)
        print(timeout, sock.makefile("rb").readline() == expected)
with socket.create_connection(peer("tiny-window")) as sock:
    print(sock.sendfile(io.BytesIO(data)))
    sock.shutdown(socket.SHUT_WR)
    print(sock.makefile("rb").readline() == expected)
