"""A TLS server whose mood is what a client says before TLS begins; prints its port.

`b`: takes and sends as many bytes as it is told, both at once. `d`: each byte of a record leaves by itself. `1`: each byte has a record
of its own. `c`: it ends its direction, and reads what still comes.
"""
import hashlib
import select
import socket
import ssl
import sys
from pathlib import Path

from accepting import accept_for_ever

folder = Path(sys.argv[1])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder / "good.pem")
PATTERN = bytes(range(256)) * 256


class Slow:
    """TLS in memory, whose every byte leaves in a segment of its own."""

    def __init__(self, sock):
        self.sock = sock
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_side=True)

    def do(self, call, *arguments):
        while True:
            try:
                return call(*arguments)
            except ssl.SSLWantReadError:
                self.flush()
                self.incoming.write(self.sock.recv(65536))
            finally:
                self.flush()

    def flush(self):
        for byte in self.outgoing.read():
            self.sock.sendall(bytes([byte]))


def bulk(tls, total):
    tls.setblocking(False)
    sent, received, to_send, to_receive = hashlib.sha256(), hashlib.sha256(), total, total
    while to_send or to_receive:
        wants = ([], [])
        if to_send:
            part = PATTERN[:to_send]
            try:
                count = tls.send(part)
                sent.update(part[:count])
                to_send -= count
            except ssl.SSLWantWriteError:
                wants[1].append(tls)
        if to_receive:
            try:
                data = tls.recv(min(to_receive, 65536))
                received.update(data)
                to_receive -= len(data)
            except ssl.SSLWantReadError:
                wants[0].append(tls)
        if any(wants) and len(wants[0]) == bool(to_receive) and len(wants[1]) == bool(to_send):
            select.select(*wants, [])
    tls.settimeout(60)
    tls.sendall(received.digest() + sent.digest())
    tls.unwrap()


def serve(sock):
    with sock:
        first = sock.recv(1)
        if first == b"d":
            slow = Slow(sock)
            slow.do(slow.tls.do_handshake)
            data = slow.do(slow.tls.read, 100)
            slow.do(slow.tls.write, data.upper() * 50)
            return
        with context.wrap_socket(sock, server_side=True) as tls:
            if first == b"b":
                bulk(tls, int(tls.recv(20)))
            elif first == b"1":
                for byte in tls.recv(5000):
                    tls.sendall(bytes([byte]))
                tls.unwrap()
            elif first == b"c":
                tls.sendall(b"the last words")
                try:
                    tls.unwrap()
                except OSError:
                    # What still comes is taken, so that nothing of it ends in a reset.
                    with socket.socket(fileno=tls.detach()) as raw:
                        while raw.recv(65536):
                            pass


accept_for_ever(serve)
