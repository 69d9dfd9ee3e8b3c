# peers: echo
"""After shutdown(SHUT_WR) the peer sees the end, and we still receive."""
import socket

from support import outcome, peer, read_all

sock = socket.create_connection(peer("echo"))
sock.sendall(b"first and last")
sock.shutdown(socket.SHUT_WR)
print(read_all(sock))
outcome("send", sock.send, b"more")
outcome("sendall", sock.sendall, b"more")
outcome("shutdown again", sock.shutdown, socket.SHUT_WR)
sock.close()
outcome("closed", sock.shutdown, socket.SHUT_WR)
outcome("never connected", socket.socket().shutdown, socket.SHUT_RDWR)
