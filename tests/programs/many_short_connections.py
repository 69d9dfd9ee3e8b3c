# peers: echo
"""A thousand connections one after the other: numbers are used again, nothing runs out."""
import socket

from support import peer

numbers = set()
for index in range(1000):
    with socket.create_connection(peer("echo")) as sock:
        numbers.add(sock.fileno())
        sock.sendall(b"%d" % index)
        sock.shutdown(socket.SHUT_WR)
        assert sock.makefile().read() == str(index)
print("few numbers", len(numbers) < 10)
