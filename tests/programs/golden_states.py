# native: 3.14
"""What sockets say in a state in which a call makes no sense, to the letter."""
import io
import os
import socket
import tempfile

from support import connected, listener, outcome

server, address = listener()
ours, theirs = connected()
fresh = socket.socket()
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

ours.sendall(b"xx")
outcome("recvfrom of a stream", theirs.recvfrom, 1)
outcome("recvmsg of a stream", theirs.recvmsg, 1)
outcome("sendto of a stream", ours.sendto, b"x", ("127.0.0.1", 9))
outcome("sendfile of datagrams", udp.sendfile, io.BytesIO(b"x"))
with open(os.path.join(tempfile.gettempdir(), "text"), "w+") as text:
    outcome("sendfile of text", ours.sendfile, text)
outcome("listen, connected", ours.listen)
outcome("bind twice", server.bind, ("127.0.0.1", 0))
outcome("accept without listen", fresh.accept)
outcome("recv unconnected", fresh.recv, 1)
outcome("send unconnected", fresh.send, b"x")
outcome("getpeername unconnected", fresh.getpeername)
outcome("shutdown unconnected", fresh.shutdown, socket.SHUT_RDWR)
outcome("send without a destination", udp.send, b"x")
outcome("too big a datagram", udp.sendto, b"x" * 70000, ("127.0.0.1", 9))

theirs.recv(9)
for sock, call, arguments in ((server, "accept", ()), (theirs, "recv", (1,)), (udp, "recvfrom", (1,))):
    for timeout in (0.001, 0):
        sock.settimeout(timeout)
        outcome(f"{call}, timeout {timeout}", getattr(sock, call), *arguments)

closed = socket.socket()
closed.close()
for call, *arguments in (
    ("send", b"x"),
    ("recv", 0),
    ("recv", 1),
    ("accept",),
    ("connect", address),
    ("getsockname",),
    ("settimeout", 1),
    ("setsockopt", socket.SOL_SOCKET, socket.SO_REUSEADDR, 1),
    ("fileno",),
    ("detach",),
    ("close",),
):
    outcome(f"{call}, closed", getattr(closed, call), *arguments)
outcome("file, closed", closed.makefile().read)
