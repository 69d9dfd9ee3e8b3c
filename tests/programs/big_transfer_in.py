# peers: source
# patience: 120
"""64 MiB received and checked, by recv and by recv_into."""
import hashlib
import socket

from support import PATTERN, peer

SIZE = 64 << 20
expected = hashlib.sha256(PATTERN * 1024).hexdigest()

with socket.create_connection(peer("source")) as sock:
    sock.sendall(b"%d\n" % SIZE)
    got, total = hashlib.sha256(), 0
    while data := sock.recv(1 << 18):
        got.update(data)
        total += len(data)
print(total, got.hexdigest() == expected)

with socket.create_connection(peer("source")) as sock:
    sock.sendall(b"%d\n" % SIZE)
    got, total, view = hashlib.sha256(), 0, memoryview(bytearray(1 << 18))
    while count := sock.recv_into(view):
        got.update(view[:count])
        total += count
print(total, got.hexdigest() == expected)
