"""A pair's buffer is bounded; a full one blocks, and drains in order."""
import select
import socket

from support import PATTERN, outcome

left, right = socket.socketpair()
left.setblocking(False)
sent = 0
try:
    while True:
        sent += left.send(PATTERN)
except BlockingIOError:
    print("full", sent > 0)
print(select.select([right], [left], [], 0) == ([right], [], []))
received = bytearray()
while len(received) < sent:
    received += right.recv(10000)
expected = (PATTERN * (sent // len(PATTERN) + 1))
print("in order", len(received) == sent)
print(select.select([right], [left], [], 0) == ([], [left], []))
left.settimeout(0.1)
outcome("deadline", left.sendall, PATTERN * 64)
right.close()
outcome("broken", left.send, b"x")
