# peers: echo closed
"""A socket whose connect was refused can be used for another try."""
import socket

from support import code, outcome, peer

sock = socket.socket()
outcome("first", sock.connect, peer("closed"))
outcome("second", sock.connect, peer("closed"))
outcome("third", sock.connect, peer("echo"))
sock.sendall(b"after all")
print(sock.recv(9, socket.MSG_WAITALL))
sock.close()

sock = socket.socket()
sock.settimeout(10)
print("refused", code(sock.connect_ex(peer("closed"))))
if sock.connect_ex(peer("echo")):
    # Linux says ECONNABORTED once, about the connect whose failure connect(2) itself did not tell.
    sock.connect(peer("echo"))
print("peer", sock.getpeername() == peer("echo"))
sock.close()
