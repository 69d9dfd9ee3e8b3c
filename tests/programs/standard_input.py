# stdin: one\ntwo\nthree\n
"""Standard input is waited for like a socket, and is at its end when it is closed."""
import asyncio
import os
import select
import stat
import sys

copy = os.dup(0)
print(copy > 2, os.get_blocking(0), stat.S_ISFIFO(os.fstat(0).st_mode), os.isatty(0))
print(select.select([sys.stdin, copy], [], [], 10)[0] == [sys.stdin, copy])
poll = select.poll()
poll.register(sys.stdin, select.POLLIN)
print([events & select.POLLIN for _, events in poll.poll(10_000)])
with select.epoll() as epoll:
    epoll.register(0, select.EPOLLIN)
    print([(fd, events & select.EPOLLIN) for fd, events in epoll.poll(10)])
print(os.read(copy, 4))
os.close(copy)
print(select.select([], [sys.stdout, 2], [], 10)[1] == [sys.stdout, 2])
os.set_blocking(0, False)
print(os.get_blocking(0), sys.stdin.readline())


async def main():
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print(await reader.read(99))
    print(select.select([0], [], [], 10)[0])
    transport.close()
    await asyncio.sleep(0)
    os.closerange(0, 1)
    try:
        os.read(0, 1)
    except OSError as error:
        print(error.strerror)
    sys.stdout.flush()
    writer, _ = await loop.connect_write_pipe(asyncio.Protocol, sys.stdout)
    writer.write(b"by a transport\n")
    await asyncio.sleep(0)


asyncio.run(main())
