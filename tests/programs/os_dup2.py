"""os.dup2 between descriptors of sockets and pipes."""
import os
import socket

from support import connected, outcome

ours, theirs = connected()
left, right = socket.socketpair()
print(os.dup2(ours.fileno(), left.fileno()) == left.fileno())
print("inheritable", os.get_inheritable(left.fileno()))
print("the pair's other end", right.recv(1))
os.write(left.fileno(), b"over the copy")
print(theirs.recv(100))
ours.close()
print(left.send(b"still open"), theirs.recv(100))
outcome("the same", lambda: os.dup2(left.fileno(), left.fileno(), inheritable=False))
print("inheritable", os.get_inheritable(left.fileno()))
os.dup2(theirs.fileno(), right.fileno(), False)
print("inheritable", os.get_inheritable(right.fileno()))
number = right.fileno()
right.close()
outcome("from closed", os.dup2, number, left.fileno())
