# peers: closed
# patience: 180
"""Random calls in random states: whatever they answer, they answer it natively too."""
import os
import re
import select
import socket

from support import peer

CLOSED = peer("closed")
SEQUENCES, CALLS = 80, 24
#: Seconds after which what one end has sent is at the other, on one machine. Nothing waits for more than that.
SETTLE = 0.02


class Numbers:
    """The same numbers in every Python."""

    def __init__(self, seed):
        self.state = seed * 2654435761 + 12345

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
        return (self.state >> 33) % limit

    def choose(self, things):
        return things[self.below(len(things))]


class Sequence:
    """Some sockets, and what is done to them."""

    def __init__(self, seed):
        self.numbers = Numbers(seed)
        self.sockets = []

    def run(self):
        said = [self.step() for _ in range(CALLS)]
        for sock in self.sockets:
            self.close(sock)
        return said

    def step(self):
        if not self.sockets or (len(self.sockets) < 5 and self.numbers.below(5) == 0):
            return self.make()
        index = self.numbers.below(len(self.sockets))
        sock = self.sockets[index]
        name = self.numbers.choose(sorted(CALLED))
        if sock.fileno() >= 0:
            select.select([sock], [], [], SETTLE)
        try:
            answer = CALLED[name](self, sock)
        except Exception as error:
            answer = failure(error)
        return f"{index}.{name} {shown(answer)}"

    def make(self):
        kind = self.numbers.choose(("stream", "datagram", "listener", "connected", "pair"))
        try:
            if kind == "stream":
                made = [socket.socket()]
            elif kind == "datagram":
                made = [socket.socket(type=socket.SOCK_DGRAM)]
            elif kind == "listener":
                made = [socket.create_server(("127.0.0.1", 0))]
            elif kind == "connected":
                with socket.create_server(("127.0.0.1", 0)) as listener:
                    made = [socket.create_connection(listener.getsockname(), 5), listener.accept()[0]]
            else:
                made = list(socket.socketpair())
        except OSError as error:
            return failure(error)
        for sock in made:
            sock.setblocking(False)
        self.sockets += made
        return f"new {kind}"

    def data(self):
        return bytes([97 + self.numbers.below(26)]) * self.numbers.below(5)

    def size(self):
        return self.numbers.choose((0, 1, 3, 100))

    def accept(self, sock):
        accepted, _ = sock.accept()
        accepted.setblocking(False)
        self.sockets.append(accepted)
        return "accepted"

    def connect(self, sock):
        # A second connect() may or may not be the one that the system ends the first with.
        return "connected" if is_connected(sock) else sock.connect(CLOSED)

    def connect_listener(self, sock):
        listening = [other for other in self.sockets if other.fileno() >= 0 and listens(other)]
        if not listening or sock.family != socket.AF_INET or is_connected(sock):
            return "not connected"
        return sock.connect(self.numbers.choose(listening).getsockname())

    def close(self, sock):
        if sock.fileno() >= 0 and is_connected(sock):
            try:
                while sock.recv(1000):  # a peer is told if something was not read, but not by every system
                    pass
            except OSError:
                pass
        return sock.close()

    def duplicate(self, sock):
        copy = sock.dup()
        self.sockets.append(copy)
        return "copy"

    def receive_into(self, sock):
        buffer = bytearray(4)
        return sock.recv_into(buffer, self.size() % 5), bytes(buffer)


def is_connected(sock):
    try:
        return bool(sock.getpeername())
    except OSError:
        return False


def listens(sock):
    return sock.type == socket.SOCK_STREAM and sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 1


def failure(error):
    return f"!! {type(error).__name__} {getattr(error, 'strerror', error)}"


def shown(answer):
    text = answer if isinstance(answer, str) else f"-> {answer!r}"
    return re.sub(r"(\d+\.0\.0\.[01]'), [1-9][0-9]*", r"\1, PORT", text)


CALLED = {
    "accept": Sequence.accept,
    "bind": lambda self, sock: sock.bind(("127.0.0.1", 0)) if sock.family == socket.AF_INET else "not bound",
    "close": Sequence.close,
    "connect": Sequence.connect,
    "connect_listener": Sequence.connect_listener,
    "dup": Sequence.duplicate,
    "getpeername": lambda self, sock: sock.getpeername(),
    "getsockname": lambda self, sock: sock.getsockname() and "an address",
    "listen": lambda self, sock: sock.listen(self.numbers.below(3) + 1),
    "recv": lambda self, sock: sock.recv(self.size()),
    "recv again": lambda self, sock: sock.recv(self.size()),
    "recv peek": lambda self, sock: sock.recv(self.size(), socket.MSG_PEEK),
    "recv_into": Sequence.receive_into,
    "recvfrom": lambda self, sock: sock.recvfrom(self.size())[0],
    "send": lambda self, sock: sock.send(self.data()),
    "send again": lambda self, sock: sock.send(self.data()),
    "sendall": lambda self, sock: sock.sendall(self.data()),
    "sendmsg": lambda self, sock: sock.sendmsg([self.data(), self.data()]),
    "shutdown": lambda self, sock: sock.shutdown(self.numbers.below(3)),
    "so_error": lambda self, sock: os.strerror(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)),
    "type": lambda self, sock: (sock.type, sock.gettimeout(), sock.fileno() < 0),
}

for seed in range(SEQUENCES):
    for number, line in enumerate(Sequence(seed).run()):
        print(seed, number, line)
