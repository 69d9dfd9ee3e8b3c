"""A pair of sockets in one process: streams, datagrams, readiness, the end."""
import select
import socket

from support import outcome

left, right = socket.socketpair()
print(left.family.name, left.type.name, left.proto, left.gettimeout())
left.sendall(b"ping")
print(right.recv(100))
right.sendall(b"pong")
print(left.recv(2, socket.MSG_PEEK), left.recv(100))
print(left.getsockname(), left.getpeername())
right.settimeout(0.05)
outcome("timeout", right.recv, 1)
right.setblocking(False)
outcome("nonblocking", right.recv, 1)
print("ready", select.select([left, right], [left, right], [], 0)[1] == [left, right])
left.shutdown(socket.SHUT_WR)
print("ended", select.select([right], [], [], 0)[0] == [right], right.recv(1))
outcome("after shutdown", left.send, b"x")
right.send(b"other way")
print(left.recv(100))
right.close()
outcome("closed peer", left.recv, 1)
left.close()

left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
left.send(b"one"), left.send(b""), left.send(b"three")
print(right.recv(2), right.recv(10), right.recv(10))
left.close(), right.close()
outcome("AF_INET", socket.socketpair, socket.AF_INET)
