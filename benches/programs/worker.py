"""One contender of the benchmark: measures a workload whenever it is told to.

It runs unmodified on native CPython and on every socket module that is compared
with it; its argument is the folder of the keys. Commands come as lines on standard input, answers go to standard output:

    setup NAME ARGUMENT HOST PORT UDP-PORT GREETER-PORT    prepare a workload, and do it once
    sample SECONDS                                         measure about so long: nanoseconds for each operation
    teardown
"""

import asyncio
import http.client
import json
import select
import socket
import sys
import time

import redis

import encrypted
import threaded
from pure import PURE
from workload import BulkReceive, Connected, Peer, RoundTrip, Workload, expect

clock = time.perf_counter_ns


class WriteWriteRead(Connected):
    service = "pairs"

    def run(self, count):
        connection = self.connection
        for _ in range(count):
            connection.sendall(b"x")
            connection.sendall(b"y")
            connection.recv(1)


class BulkReceiveInto(Connected):
    service = "source"

    def check(self):
        buffer = bytearray(self.argument)
        self.connection.sendall(self.argument.to_bytes(8, "big"))
        missing = memoryview(buffer)
        while missing:
            missing = missing[self.connection.recv_into(missing) :]
        expect("what was received", bytes(buffer), b"x" * self.argument)

    def run(self, count):
        connection, size = self.connection, self.argument
        buffer = memoryview(bytearray(size))
        connection.sendall((size * count).to_bytes(8, "big"))
        missing = size * count
        while missing:
            missing -= connection.recv_into(buffer[: min(size, missing)])


class BulkSend(Connected):
    service = "sink"

    def run(self, count):
        connection, message = self.connection, b"x" * self.argument
        connection.sendall((len(message) * count).to_bytes(8, "big"))
        for _ in range(count):
            connection.sendall(message)
        connection.recv(1)


class ConnectAndClose(Workload):
    def run(self, count):
        address = (self.peer.host, self.peer.greeter_port)
        for _ in range(count):
            connection = socket.socket()
            connection.connect(address)
            connection.close()


class Accept(Workload):
    """The peer connects and waits until it is closed, again and again."""

    def prepare(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.control = self.peer.connect("dial", self.listener.getsockname()[1])

    def run(self, count):
        self.control.sendall(count.to_bytes(8, "big"))
        for _ in range(count):
            connection, _ = self.listener.accept()
            connection.close()
        self.control.recv(1)

    def close(self):
        self.control.close()
        self.listener.close()


class UdpRoundTrip(Workload):
    def check(self):
        message = b"e" + bytes(range(self.argument - 1))
        self.socket.send(message)
        expect("the echo", self.socket.recv(2048), message)

    def prepare(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(5)
        self.socket.connect((self.peer.host, self.peer.udp_port))

    def run(self, count):
        connection, message = self.socket, b"e" * self.argument
        for _ in range(count):
            connection.send(message)
            connection.recv(2048)

    def close(self):
        self.socket.close()


class UdpSend(UdpRoundTrip):
    """The peer drops what does not begin with an `e`."""

    def run(self, count):
        connection, message = self.socket, b"d" * self.argument
        for _ in range(count):
            connection.send(message)


class Lookup(Workload):
    def check(self):
        found = [address[0] for *_, address in socket.getaddrinfo(self.argument, 80, type=socket.SOCK_STREAM)]
        if "127.0.0.1" not in found:
            raise ValueError(f"{self.argument} is not {found}")

    def run(self, count):
        for _ in range(count):
            socket.getaddrinfo(self.argument, 80, type=socket.SOCK_STREAM)


class HttpGet(Workload):
    def prepare(self):
        self.client = http.client.HTTPConnection(self.peer.host, self.peer.port)

    def run(self, count):
        for _ in range(count):
            self.client.request("GET", "/")
            response = self.client.getresponse()
            if len(response.read()) != 1024:
                raise ValueError("the page is not whole")

    def close(self):
        self.client.close()


class RedisPipeline(Workload):
    """redis-py: so many commands at once, half of which set a key and half of which get it."""

    def prepare(self):
        # The peer knows no more than the two commands: nothing is negotiated, nobody introduced.
        self.client = redis.Redis(self.peer.host, self.peer.port, protocol=2, driver_info=None)

    def check(self):
        answers = self.pipeline()
        if answers != [True] * (self.argument // 2) + [b"x" * 64] * (self.argument // 2):
            raise ValueError(f"the answers are {answers}")

    def run(self, count):
        for _ in range(count):
            self.pipeline()

    def pipeline(self):
        with self.client.pipeline(transaction=False) as pipe:
            for index in range(self.argument // 2):
                pipe.set(f"key:{index}", b"x" * 64)
            for index in range(self.argument // 2):
                pipe.get(f"key:{index}")
            return pipe.execute()

    def close(self):
        self.client.close()


class Idle(Workload):
    """A round trip whose answer is waited for among many connections on which nothing happens."""

    def prepare(self):
        self.idle = [self.peer.connect("hold") for _ in range(self.argument)]
        self.connection = self.peer.connect("echo")
        self.watch([*self.idle, self.connection])

    def run(self, count):
        connection, wait = self.connection, self.wait
        for _ in range(count):
            connection.sendall(b"x")
            wait()
            connection.recv(1)

    def close(self):
        for connection in [*self.idle, self.connection]:
            connection.close()


class IdleSelect(Idle):
    def watch(self, connections):
        self.wait = lambda: select.select(connections, [], [])


class IdlePoll(Idle):
    def watch(self, connections):
        poller = select.poll()
        for connection in connections:
            poller.register(connection, select.POLLIN)
        self.wait = poller.poll


class IdleEpoll(Idle):
    def watch(self, connections):
        poller = select.epoll()
        for connection in connections:
            poller.register(connection, select.EPOLLIN)
        self.wait = poller.poll


class AsyncioEcho(Workload):
    """An asyncio server; the peer is its clients, each with one request under way."""

    def prepare(self):
        self.loop = asyncio.new_event_loop()
        self.least = self.argument
        self.loop.run_until_complete(self.start())

    async def start(self):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=1024)
        port = self.server.sockets[0].getsockname()[1]
        self.reader, self.writer = await asyncio.open_connection(self.peer.host, self.peer.port)
        self.writer.write(f"load {port} {self.argument}\n".encode())
        await self.reader.readexactly(1)

    async def serve(self, reader, writer):
        try:
            while data := await reader.read(4096):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    def run(self, count):
        self.loop.run_until_complete(self.requests(count))

    async def requests(self, count):
        self.writer.write(count.to_bytes(8, "big"))
        await self.reader.readexactly(1)

    def close(self):
        self.loop.run_until_complete(self.stop())
        self.loop.close()

    async def stop(self):
        self.writer.close()
        self.server.close()
        await asyncio.sleep(0.05)
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


class Memory(Workload):
    """Nothing but connections that are there; the driver looks at the memory."""

    def prepare(self):
        self.idle = [self.peer.connect("hold") for _ in range(self.argument)]

    def run(self, count):
        pass

    def close(self):
        for connection in self.idle:
            connection.close()


WORKLOADS = {
    "round-trip": RoundTrip,
    "write-write-read": WriteWriteRead,
    "receive": BulkReceive,
    "receive-into": BulkReceiveInto,
    "send": BulkSend,
    "connect": ConnectAndClose,
    "accept": Accept,
    "udp-round-trip": UdpRoundTrip,
    "udp-send": UdpSend,
    "lookup": Lookup,
    "http-get": HttpGet,
    "redis-pipeline": RedisPipeline,
    "select": IdleSelect,
    "poll": IdlePoll,
    "epoll": IdleEpoll,
    "asyncio-echo": AsyncioEcho,
    "memory": Memory,
    "python": lambda peer, argument: PURE[argument](peer, argument),
    **encrypted.WORKLOADS,
    **threaded.WORKLOADS,
}


def sample(workload, seconds):
    """Nanoseconds for each operation, of a run of about this length."""
    limit = int(seconds * 1e9)
    count = max(1, workload.least)
    while True:
        started = clock()
        workload.run(count)
        elapsed = clock() - started
        if elapsed * 2 >= limit:
            return elapsed / count
        count = int(count * min(16, max(2, limit / max(1, elapsed))))


def answer(**values):
    print(json.dumps(values), flush=True)


def main():
    workload = None
    answer(version=sys.version.split()[0])
    for line in sys.stdin:
        command, *words = line.split()
        try:
            if command == "setup":
                name, argument, *where = words
                argument = int(argument) if argument.isdigit() else argument
                if name not in WORKLOADS:
                    raise NotImplementedError(name)
                workload = WORKLOADS[name](Peer(*where), argument)
                answer(ready=True)
            elif command == "sample":
                answer(nanoseconds=sample(workload, float(words[0])))
            elif command == "teardown":
                workload.close()
                answer(done=True)
        except NotImplementedError:
            answer(absent=True)
        except Exception as error:  # it is the driver's to say that a contender cannot do it
            answer(failed=f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
