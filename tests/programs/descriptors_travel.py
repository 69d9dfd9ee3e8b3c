"""Pipes and devices travel between sockets as sockets do."""
import os
import socket

left, right = socket.socketpair(socket.AF_UNIX)
reader, writer = os.pipe()
socket.send_fds(left, [b"pipe"], [writer])
os.close(writer)
data, (received,), _, _ = socket.recv_fds(right, 9, 1)
print(data, os.write(received, b"through it"), os.read(reader, 99))
os.close(received)
print(os.read(reader, 9))
device = os.open(os.devnull, os.O_RDWR)
one, other = socket.socketpair()
socket.send_fds(left, [b"both"], [device, other.fileno()])
other.close()
data, received, _, _ = socket.recv_fds(right, 9, 2)
print(data, os.write(received[0], b"gone"), os.write(received[1], b"heard"), one.recv(9))
first, second = os.pipe()
socket.send_fds(left, [b"lost"], [second])
os.close(second)
right.close()
left.close()
print(len(received))
