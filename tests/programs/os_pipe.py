"""os.pipe: reading, writing, readiness, ends that close, files over them, and what a pipe is not."""
import os
import select
import socket
import stat

from support import code, outcome

reader, writer = os.pipe()
print("fifo", stat.S_ISFIFO(os.fstat(reader).st_mode), stat.S_ISFIFO(os.fstat(writer).st_mode))
print("inheritable", os.get_inheritable(reader), os.get_inheritable(writer))
print(os.write(writer, b"abc"), os.read(reader, 2), os.read(reader, 10))
outcome("read the writer", os.read, writer, 1)
outcome("write the reader", os.write, reader, b"x")
outcome("socket of a pipe", socket.socket, fileno=reader)
os.set_blocking(reader, False)
outcome("empty", os.read, reader, 1)
poller = select.poll()
for fd in (reader, writer):
    poller.register(fd, 0xFFFF)
names = {reader: "reader", writer: "writer"}


def told():
    print(sorted((names[fd], hex(events)) for fd, events in poller.poll(0)))


told()
print(os.writev(writer, [b"de", b"f"]))
told()
first, second = bytearray(2), bytearray(5)
print(os.readv(reader, [first, second]), first, second)
os.write(writer, b"last")
poller.unregister(writer)
os.close(writer)
told()
print(os.read(reader, 10), os.read(reader, 10))
told()
os.close(reader)
outcome("closed", os.read, reader, 1)

reader, writer = os.pipe()
os.close(reader)
outcome("broken", os.write, writer, b"x")
print("writable", select.select([], [writer], [], 0) == ([], [writer], []))
os.close(writer)

reader, writer = os.pipe2(os.O_NONBLOCK)
print("blocking", os.get_blocking(reader), os.get_blocking(writer))
outcome("bad flags", os.pipe2, 1 << 30)
with open(writer, "w", encoding="utf-8") as lines, open(reader, encoding="utf-8") as found:
    print("first\nsecond", file=lines)
    lines.flush()
    print(found.readline(), found.readline(), sep="")

reader, writer = os.pipe2(os.O_NONBLOCK)
with open(reader, "rb"), open(writer, "wb") as full:
    try:
        while True:
            full.write(bytes(1000))
    except BlockingIOError as error:
        print("full", code(error.errno), error.strerror, 0 <= error.characters_written < 1000)
    os.read(reader, 1 << 20)
