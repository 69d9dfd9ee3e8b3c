# peers: echo closed
"""A blocking connect: made, refused, and used again after a refusal."""
import socket

from support import outcome, peer

sock = socket.socket()
print("timeout", sock.gettimeout(), "blocking", sock.getblocking())
outcome("connect", sock.connect, peer("echo"))
outcome("again", sock.connect, peer("echo"))
sock.sendall(b"hello")
print(sock.recv(100))
sock.close()
outcome("closed", sock.connect, peer("echo"))

with socket.socket() as refused:
    outcome("refused", refused.connect, peer("closed"))
    print("still open", refused.fileno() >= 0)
