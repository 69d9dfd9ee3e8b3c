# peers: sink silent
"""socket.sendfile from a file: offset, count, position, and what it refuses."""
import hashlib
import io
import socket
import tempfile

from support import PATTERN, outcome, peer

with tempfile.TemporaryFile() as file:
    file.write(PATTERN * 8)
    for offset, count in ((0, None), (1000, None), (5, 100000)):
        with socket.create_connection(peer("sink"), timeout=30) as sock:
            file.seek(0)
            sent = sock.sendfile(file, offset, count)
            sock.shutdown(socket.SHUT_WR)
            total, digest = sock.makefile().readline().split()
            data = (PATTERN * 8)[offset:][:count]
            print(sent == len(data), int(total) == sent, digest == hashlib.sha256(data).hexdigest(), file.tell())
    with socket.create_connection(peer("silent")) as sock:
        outcome("text", sock.sendfile, io.StringIO("x"))
        outcome("count 0", sock.sendfile, file, 0, 0)
        outcome("negative", sock.sendfile, file, 0, -1)
        sock.setblocking(False)
        outcome("nonblocking", sock.sendfile, file)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        outcome("datagram", sock.sendfile, file)
