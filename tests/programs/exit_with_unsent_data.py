# peers: sink
"""Data written just before the program ends arrives, however it ends."""
import socket
import sys

from support import PATTERN, peer

witness = socket.create_connection(peer("sink"))
sock = socket.create_connection(peer("sink"))
for _ in range(16):
    sock.sendall(PATTERN)
sock.shutdown(socket.SHUT_WR)
print(sock.makefile().readline().split()[0])
witness.sendall(b"bye")
sys.exit(0)
