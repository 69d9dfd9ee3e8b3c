"""Paths of AF_UNIX sockets: relative ones, files that exist until they are unlinked, and names as they were spelled."""
import os
import socket
import stat
import tempfile


def attempt(call, *arguments):
    try:
        print(call(*arguments))
    except OSError as error:
        print(type(error).__name__, error.strerror, getattr(error, "filename", None))


folder = tempfile.mkdtemp()
os.chdir(folder)
server = socket.socket(socket.AF_UNIX)
server.bind("./a.sock")
server.listen()
print(server.getsockname(), os.path.exists("a.sock"), stat.S_ISSOCK(os.stat("a.sock").st_mode))
client = socket.socket(socket.AF_UNIX)
client.bind("client.sock")
client.connect(os.path.join(os.getcwd(), "a.sock"))
accepted, peer = server.accept()
print(peer, accepted.getsockname() == "./a.sock", client.getpeername() in ("./a.sock", os.path.join(folder, "a.sock")))
attempt(socket.socket(socket.AF_UNIX).bind, "a.sock")
server.close()
attempt(socket.socket(socket.AF_UNIX).bind, "a.sock")
attempt(socket.socket(socket.AF_UNIX).connect, "a.sock")
print(os.path.exists("a.sock"))
os.unlink("a.sock")
print(os.path.exists("a.sock"))
attempt(socket.socket(socket.AF_UNIX).connect, "a.sock")
attempt(os.unlink, "a.sock")
attempt(os.remove, "never.sock")
second = socket.socket(socket.AF_UNIX)
second.bind("a.sock")
print(second.getsockname())
first, other = (socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2))
first.bind("d.sock")
other.bind("e.sock")
other.sendto(b"x", "d.sock")
print(first.recvfrom(9))
os.remove("client.sock")
print(client.getsockname())
