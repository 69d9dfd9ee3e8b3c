# peers: silent
"""sendall has one deadline for all of its data."""
import socket
import time

from support import PATTERN, outcome, peer

sock = socket.create_connection(peer("silent"))
sock.settimeout(0.5)
start = time.monotonic()
outcome("sendall", sock.sendall, PATTERN * 1024)
elapsed = time.monotonic() - start
print("waited", elapsed >= 0.49)
sock.setblocking(False)
try:
    for _ in range(1024):
        sock.sendall(PATTERN)
except BlockingIOError as error:
    print("nonblocking", error.strerror)
