"""Local datagrams: senders with and without a name, boundaries, connected ones."""
import socket

from support import outcome

with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
    receiver.bind(b"\0receiver")
    outcome("nobody", sender.sendto, b"x", b"\0nobody here")
    for data in (b"one", b"", b"three"):
        sender.sendto(data, b"\0receiver")
    print([receiver.recvfrom(10) for _ in range(3)])
    sender.bind(b"\0sender")
    sender.connect(b"\0receiver")
    sender.send(b"0123456789")
    print(receiver.recvmsg(4)[2] == socket.MSG_TRUNC)
    sender.send(b"named")
    data, address = receiver.recvfrom(100)
    print(data, address)
    receiver.sendto(b"answer", address)
    print(sender.recv(100), sender.getpeername())
    receiver.setblocking(False)
    outcome("empty", receiver.recv, 1)
