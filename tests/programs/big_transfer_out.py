# peers: sink
# patience: 120
"""64 MiB sent, checked by the peer."""
import hashlib
import socket

from support import PATTERN, peer

expected = hashlib.sha256()
with socket.create_connection(peer("sink")) as sock:
    for _ in range(1024):
        sock.sendall(PATTERN)
        expected.update(PATTERN)
    sock.shutdown(socket.SHUT_WR)
    total, digest = sock.makefile().readline().split()
print(total, digest == expected.hexdigest())
