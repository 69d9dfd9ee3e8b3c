# peers: echo
"""Transports and protocols: callbacks in order, readers and writers of the loop, a pair."""
import asyncio
import socket

from support import peer


class Recorder(asyncio.Protocol):
    def __init__(self, finished):
        self.finished = finished

    def connection_made(self, transport):
        print("made", transport.get_extra_info("peername") == peer("echo"))
        transport.write(b"some data")
        transport.write_eof()

    def data_received(self, data):
        print("data", data)

    def eof_received(self):
        print("eof")

    def connection_lost(self, error):
        print("lost", error)
        self.finished.set_result(None)


async def main():
    loop = asyncio.get_running_loop()
    finished = loop.create_future()
    await loop.create_connection(lambda: Recorder(finished), *peer("echo"))
    await finished
    left, right = socket.socketpair()
    left.setblocking(False), right.setblocking(False)
    arrived = loop.create_future()
    loop.add_reader(left, lambda: arrived.done() or arrived.set_result(left.recv(100)))
    loop.call_soon(right.send, b"through a pair")
    print(await arrived, loop.remove_reader(left), loop.remove_reader(left))
    writable = loop.create_future()
    loop.add_writer(right, lambda: writable.done() or writable.set_result("writable"))
    print(await writable, loop.remove_writer(right))
    reader, writer = await asyncio.open_connection(sock=left)
    right.send(b"a stream\n")
    print(await reader.readline())
    writer.close()
    right.close()


asyncio.run(main())
