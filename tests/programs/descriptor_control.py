"""fcntl and ioctl on sockets, pipes and files, and what is wrong with their arguments."""
import array
import errno
import fcntl
import os
import socket
import struct
import termios

from support import outcome

left, right = socket.socketpair()
reader, writer = os.pipe()
for name, fd in (("socket", left), ("reader", reader), ("writer", writer)):
    flags = fcntl.fcntl(fd, fcntl.F_GETFL)
    modes = {os.O_RDONLY: "r", os.O_WRONLY: "w", os.O_RDWR: "rw"}
    print(name, modes[flags & os.O_ACCMODE], bool(flags & os.O_NONBLOCK), fcntl.fcntl(fd, fcntl.F_GETFD))
    print(fcntl.fcntl(fd, fcntl.F_SETFL, flags | os.O_NONBLOCK), fcntl.fcntl(fd, fcntl.F_GETFL) == flags | os.O_NONBLOCK)
    print(fcntl.fcntl(fd, fcntl.F_SETFD, 0), fcntl.fcntl(fd, fcntl.F_GETFD), fcntl.fcntl(fd, fcntl.F_SETFD, fcntl.FD_CLOEXEC))
print(os.get_inheritable(reader), os.get_blocking(reader), left.get_inheritable())
outcome("empty", os.read, reader, 1)
os.set_blocking(left.fileno(), True)
print(bool(fcntl.fcntl(left, fcntl.F_GETFL) & os.O_NONBLOCK))

copy = fcntl.fcntl(writer, fcntl.F_DUPFD, 0)
high = fcntl.fcntl(writer, fcntl.F_DUPFD_CLOEXEC, copy + 5)
print(os.get_inheritable(copy), os.get_inheritable(high), high >= copy + 5)
os.write(high, b"through the copy")
os.close(high)
os.close(copy)
print(os.read(reader, 99))
outcome("copy to -1", fcntl.fcntl, writer, fcntl.F_DUPFD, -1)

right.sendall(b"12345")
left.recv(1, socket.MSG_PEEK)
print(struct.unpack("i", fcntl.ioctl(left, termios.FIONREAD, bytes(4))))
count = array.array("i", [0])
print(fcntl.ioctl(left, termios.FIONREAD, count), count[0])
print(fcntl.ioctl(left, termios.FIONBIO, struct.pack("i", 1)) == struct.pack("i", 1), os.get_blocking(left.fileno()))
print(fcntl.ioctl(left, termios.FIONCLEX), left.get_inheritable(), fcntl.ioctl(left, termios.FIOCLEX), left.get_inheritable())
outcome("size of a socket", fcntl.ioctl, left, termios.TIOCGWINSZ, bytes(8))
outcome("size of a pipe", fcntl.ioctl, reader, termios.TIOCGWINSZ, bytes(8))
outcome("no memory", fcntl.ioctl, left, termios.FIONREAD, 0)
outcome("unknown request", fcntl.ioctl, left, 0x12345)

with open("/tmp/controlled", "w+") as file:
    print(fcntl.fcntl(file, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDWR)
    print(fcntl.fcntl(file, fcntl.F_GETFD), fcntl.fcntl(file, fcntl.F_SETFD, fcntl.FD_CLOEXEC))
    outcome("size of a file", fcntl.ioctl, file, termios.TIOCGWINSZ, bytes(8))
os.unlink("/tmp/controlled")

outcome("unknown command", fcntl.fcntl, left, 9999)
outcome("closed", fcntl.fcntl, 99, fcntl.F_GETFL)
outcome("negative", fcntl.fcntl, -1, fcntl.F_GETFL)
outcome("text", fcntl.fcntl, "left", fcntl.F_GETFL)
outcome("float", fcntl.fcntl, 1.5, fcntl.F_GETFL)
closed = left.fileno()
left.close()
outcome("closed socket", fcntl.fcntl, closed, fcntl.F_GETFD)
outcome("socket object that is closed", fcntl.fcntl, left, fcntl.F_GETFD)
print(errno.errorcode[errno.ENOTTY])
