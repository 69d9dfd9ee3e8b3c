"""Workloads over TLS."""

import os
import socket
import sys

from workload import BulkReceive, Connected, Workload, expect

try:
    import ssl
except ImportError:  # the socket module that componentize-py brings along comes without
    ssl = None


def key(name):
    """The file with this private key and its certificate, which is its own authority."""
    return os.path.join(sys.argv[1], f"{name}.pem")


def needs_tls():
    if ssl is None:
        raise NotImplementedError("this Python has no TLS")


def client(name):
    needs_tls()
    return ssl.create_default_context(cafile=key(name))


class Accept(Workload):
    """Handshakes as the server: the peer connects, takes a byte and waits until it is closed, again and again."""

    resumed = False

    def prepare(self):
        needs_tls()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(key(self.argument))
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        port = self.listener.getsockname()[1]
        self.control = self.peer.connect("tls-dial", port, self.argument, "resumed" if self.resumed else "full")

    def check(self):
        # The first is never resumed.
        self.run(2)

    def run(self, count):
        self.control.sendall(count.to_bytes(8, "big"))
        for _ in range(count):
            connection, _ = self.listener.accept()
            with self.context.wrap_socket(connection, server_side=True) as tls:
                tls.sendall(b"x")
        # Where a handshake was not as it should be, the peer goes.
        expect("the peer's word", self.control.recv(1), b"k")

    def close(self):
        self.control.close()
        self.listener.close()


class AcceptResumed(Accept):
    resumed = True


class Connect(Workload):
    """Handshakes as the client, each with the peer's certificate verified and a byte from it."""

    resumed = False

    def prepare(self):
        self.context = client(self.argument)
        self.session = None

    def check(self):
        self.run(1)

    def run(self, count):
        for _ in range(count):
            connection = self.peer.connect("tls-greet", self.argument)
            expect("the peer's word", connection.recv(1), b"k")
            with self.context.wrap_socket(connection, server_hostname="localhost", session=self.session) as tls:
                expect("the greeting", tls.recv(1), b"x")
                if tls.session_reused != (self.session is not None):
                    raise ValueError(f"session_reused is {tls.session_reused}")
                if self.resumed:
                    self.session = tls.session


class ConnectResumed(Connect):
    resumed = True


class Receive(BulkReceive):
    """Bulk, of ChaCha20: the peer offers no other cipher."""

    service = "tls-source"

    def prepare(self):
        context = client("p-256")
        super().prepare()
        self.connection = context.wrap_socket(self.connection, server_hostname="localhost")
        expect("the cipher", self.connection.cipher()[0], "TLS_CHACHA20_POLY1305_SHA256")


class Send(Receive):
    service = "tls-sink"

    def check(self):
        self.run(1)

    def run(self, count):
        connection, message = self.connection, b"x" * self.argument
        connection.sendall((len(message) * count).to_bytes(8, "big"))
        for _ in range(count):
            connection.sendall(message)
        expect("the peer's word", connection.recv(1), b"k")


WORKLOADS = {
    "tls-accept": Accept,
    "tls-accept-resumed": AcceptResumed,
    "tls-connect": Connect,
    "tls-connect-resumed": ConnectResumed,
    "tls-receive": Receive,
    "tls-send": Send,
}
