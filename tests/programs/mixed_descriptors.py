"""Any number may refer to anything: sockets at numbers of files, files at numbers of sockets, and files that travel."""
import fcntl
import os
import select
import socket
import stat
import tempfile

from support import outcome

ours, theirs = socket.socketpair()
low = fcntl.fcntl(ours, fcntl.F_DUPFD, 40)
print("a low socket", low, stat.S_ISSOCK(os.fstat(low).st_mode), os.write(low, b"by number"), theirs.recv(99), os.isatty(low))
outcome("seek", os.lseek, low, 0, os.SEEK_SET)
outcome("sync", os.fsync, low)
print(select.select([low], [low], [], 0) == ([], [low], []))
with socket.socket(fileno=low) as sock:
    print(sock.fileno(), sock.send(b"by the object"), theirs.recv(99))
outcome("closed", os.fstat, low)
with open(os.dup(ours.fileno()), "r+b", buffering=0) as raw:
    print(raw.write(b"raw"), theirs.recv(99), theirs.send(b"back"), raw.read(99), raw.seekable())

folder = tempfile.mkdtemp()
file = os.open(os.path.join(folder, "file"), os.O_RDWR | os.O_CREAT)
number = os.dup2(file, theirs.fileno())
print("a file at a socket's number", ours.recv(1), os.write(number, b"abcdef"), os.fstat(number).st_size, os.isatty(number))
print(stat.S_ISREG(os.fstat(number).st_mode), os.lseek(file, 0, os.SEEK_SET), os.read(number, 2), os.lseek(number, 0, os.SEEK_CUR))
outcome("not a socket", socket.socket, fileno=number)
print([len(found) for found in select.select([number, file], [file], [], None)])
with select.epoll() as epoll:
    outcome("files are not waited for", epoll.register, number)
print(fcntl.fcntl(file, fcntl.F_SETFL, os.O_APPEND), bool(fcntl.fcntl(number, fcntl.F_GETFL) & os.O_APPEND))
theirs.detach()

left, right = socket.socketpair()
socket.send_fds(left, [b"a file"], [file])
data, numbers, _, _ = socket.recv_fds(right, 99, 1)
os.close(file)
print(data, os.pread(numbers[0], 99, 0), os.path.samestat(os.fstat(numbers[0]), os.fstat(number)))
os.lseek(number, 4, os.SEEK_SET)
print(os.sendfile(left.fileno(), numbers[0], None, 99), right.recv(99))

opened = os.open(folder, os.O_RDONLY)
copy = os.dup(opened)
os.close(opened)
print("in a folder", os.stat("file", dir_fd=copy).st_size)
outcome("in no folder", os.stat, "file", dir_fd=number)
outcome("in a socket", os.stat, "file", dir_fd=left.fileno())
os.closerange(3, 300)
outcome("closed with all others", os.fstat, copy)
with open(os.path.join(folder, "file")) as file:
    print("folders are still there", file.fileno(), file.read())
os.unlink(os.path.join(folder, "file"))
os.rmdir(folder)
