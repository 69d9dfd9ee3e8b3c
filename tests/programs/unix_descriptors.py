"""Sockets travel between sockets: send_fds, recv_fds, SCM_RIGHTS."""
import array
import socket

from support import connected, outcome, read_all

left, right = socket.socketpair()
ours, theirs = connected()
print(socket.send_fds(left, [b"two sockets"], [ours.fileno(), theirs.fileno()]))
data, numbers, flags, address = socket.recv_fds(right, 100, 2)
print(data, len(numbers), flags, address, set(numbers).isdisjoint({ours.fileno(), theirs.fileno()}))
ours.close(), theirs.close()
first, second = (socket.socket(fileno=number) for number in numbers)
first.sendall(b"still connected")
print(second.recv(100))
rights = array.array("i", [first.fileno()])
left.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
data, ancillary, flags, _ = right.recvmsg(10, socket.CMSG_SPACE(rights.itemsize))
level, kind, payload = ancillary[0]
print(data, level == socket.SOL_SOCKET, kind == socket.SCM_RIGHTS, len(payload) == rights.itemsize)
copy = socket.socket(fileno=array.array("i", payload)[0])
copy.sendall(b"from a copy")
print(second.recv(100))
left.sendmsg([b"y"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, rights)])
data, ancillary, flags, _ = right.recvmsg(10)
print(data, ancillary, flags == socket.MSG_CTRUNC)
outcome("not open", socket.send_fds, left, [b"z"], [999999])

# A long row, each socket under way inside the next one: letting go of the last lets go of all.
copy.close()
last = first
for _ in range(20000):
    sender, receiver = socket.socketpair()
    socket.send_fds(sender, [b"x"], [last.fileno()])
    sender.close(), last.close()
    last = receiver
last.close()
print(read_all(second))
