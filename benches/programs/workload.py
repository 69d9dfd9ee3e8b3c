"""What every workload of the worker is, and the peer that it has."""

import socket


class Peer:
    """Where the native peer listens."""

    def __init__(self, host, *ports):
        self.host = host
        self.port, self.udp_port, self.greeter_port = map(int, ports)

    def connect(self, service, *numbers, nodelay=True):
        """A connection to one of its services."""
        connection = socket.create_connection((self.host, self.port))
        if nodelay:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.sendall(" ".join([service, *map(str, numbers)]).encode() + b"\n")
        return connection


def receive_exactly(connection, size):
    while size:
        data = connection.recv(size)
        if not data:
            raise EOFError("the peer has gone")
        size -= len(data)


class Workload:
    """What is measured: `run(count)` does it `count` times."""

    #: How many operations one call of `run` is to do at least.
    least = 1

    def __init__(self, peer, argument):
        self.peer, self.argument = peer, argument
        self.prepare()
        self.check()

    def prepare(self):
        pass

    def check(self):
        """Does it once, and looks at what comes out where `run` has no time to."""
        self.run(max(1, self.least))

    def run(self, count):
        raise NotImplementedError

    def close(self):
        pass


class Connected(Workload):
    """Over one connection to a service of the peer."""

    service = "echo"

    def prepare(self):
        self.connection = self.peer.connect(self.service, *self.numbers())

    def numbers(self):
        return ()

    def close(self):
        self.connection.close()


def expect(what, data, right):
    if data != right:
        raise ValueError(f"{what}: {len(data)} bytes came, and they are not the {len(right)} that should have come")


class RoundTrip(Connected):
    def check(self):
        message = bytes(index % 251 for index in range(self.argument))
        self.connection.sendall(message)
        data = b""
        while len(data) < len(message):
            data += self.connection.recv(len(message))
        expect("the echo", data, message)

    def run(self, count):
        connection, message = self.connection, b"x" * self.argument
        size = len(message)
        for _ in range(count):
            connection.sendall(message)
            missing = size - len(connection.recv(size))
            if missing:
                receive_exactly(connection, missing)


class BulkReceive(Connected):
    service = "source"

    def check(self):
        self.connection.sendall(self.argument.to_bytes(8, "big"))
        data = b""
        while len(data) < self.argument:
            data += self.connection.recv(self.argument - len(data))
        expect("what was received", data, b"x" * self.argument)

    def run(self, count):
        connection, size = self.connection, self.argument
        connection.sendall((size * count).to_bytes(8, "big"))
        missing = size * count
        while missing:
            missing -= len(connection.recv(min(size, missing)))
