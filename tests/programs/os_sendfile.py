"""os.sendfile, socket.sendfile and loop.sock_sendfile: offsets, counts, positions, empty files, the end."""
import asyncio
import os
import socket
import tempfile

from support import connected, outcome

content = bytes(range(256)) * 40
ours, theirs = connected()
with tempfile.TemporaryFile() as file:
    file.write(content)
    file.flush()
    print(os.sendfile(ours.fileno(), file.fileno(), 10, 20), theirs.recv(100) == content[10:30])
    print(os.sendfile(ours.fileno(), file.fileno(), len(content), 20))
    print(os.sendfile(ours.fileno(), file.fileno(), 0, 0))
    file.seek(100)
    print(os.sendfile(ours.fileno(), file.fileno(), None, 5), theirs.recv(100) == content[100:105], file.tell())
    outcome("from a socket", os.sendfile, ours.fileno(), theirs.fileno(), 0, 1)
    outcome("from nothing", os.sendfile, ours.fileno(), 999, 0, 1)
    for offset, count in ((0, None), (5000, None), (1, 3000), (len(content), None)):
        print(ours.sendfile(file, offset, count), file.tell())
    ours.shutdown(socket.SHUT_WR)
    expected = content + content[5000:] + content[1:3001]
    received = b"".join(iter(lambda: theirs.recv(65536), b""))
    print(received == expected)
    outcome("after shutdown", ours.sendfile, file)


async def main():
    left, right = connected()
    left.setblocking(False)
    loop = asyncio.get_running_loop()
    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        print(await loop.sock_sendfile(left, file, 7, 1000, fallback=False))
    left.close()
    print(right.makefile("rb").read() == content[7:1007])
    right.close()


asyncio.run(main())
