"""A server that speaks TLS wrongly, in the way that a client names in a line before TLS begins; prints its port."""
import socket
import ssl
import sys
from pathlib import Path

from accepting import accept_for_ever

folder = Path(sys.argv[1])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(folder / "good.pem")


def record(kind, data, version=b"\x03\x03"):
    return bytes([kind]) + version + len(data).to_bytes(2, "big") + data


# In place of a first answer.
ANSWERS = {
    "nothing": b"",
    "text": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "zeroes": b"\0" * 64,
    "unknown kind": record(99, b"x" * 10),
    "unknown version": record(22, b"x" * 10, b"\x09\x09"),
    "ssl 2": b"\x80\x2e\x01\x03\x01" + b"\0" * 43,
    "too long": record(22, b"x" * 20_000),
    "empty handshake": record(22, b""),
    "empty alert": record(21, b""),
    "short alert": record(21, b"\x02"),
    "unknown alert": record(21, b"\x02\xfe"),
    "fatal alert": record(21, b"\x02\x28"),
    "warning": record(21, b"\x01\x5a") * 3,
    "flood of warnings": record(21, b"\x01\x5a") * 5000,
    "end of data": record(21, b"\x01\x00"),
    "data": record(23, b"before any handshake"),
    "change of cipher": record(20, b"\x01"),
    "flood of changes": record(20, b"\x01") * 5000,
    "long change": record(20, b"\x01\x01"),
    "heartbeat": record(24, b"\x01\x00\x10"),
    "unknown message": record(22, b"\xee\x00\x00\x02ab"),
    "request": record(22, b"\x00\x00\x00\x00"),
    "client's hello": record(22, b"\x01\x00\x00\x02ab"),
    "finished": record(22, b"\x14\x00\x00\x0c" + b"f" * 12),
    "short hello": record(22, b"\x02\x00\x00\x04\x03\x03ab"),
    "long hello": record(22, b"\x02\xff\xff\xff" + b"h" * 16_000) * 40,
    "cut record": record(22, b"\x02\x00\x00\x46" + b"h" * 70)[:30],
    "cut header": b"\x16\x03",
}
# After a good handshake.
LATER = {
    "later text": b"HTTP/1.1 400 Bad Request\r\n\r\n",
    "later plain data": record(23, b"nobody has encrypted this, whoever it is that reads it"),
    "later short data": record(23, b"x"),
    "later empty data": record(23, b""),
    "later too long": record(23, b"x" * 18_000),
    "later plain alert": record(21, b"\x02\x28"),
    "later plain handshake": record(22, b"\x00\x00\x00\x00"),
    "later unknown kind": record(99, b"x" * 30),
    "later change of cipher": record(20, b"\x01"),
    "later cut": record(23, b"x" * 100)[:50],
}


def serve(sock):
    with sock:
        kind = b""
        while not kind.endswith(b"\n"):
            kind += sock.recv(1)
        kind = kind.decode().strip()
        if kind in ANSWERS:
            sock.recv(65536)
            sock.sendall(ANSWERS[kind])
            sock.shutdown(socket.SHUT_WR)
            while sock.recv(65536):
                pass
            return
        with context.wrap_socket(sock, server_side=True, suppress_ragged_eofs=True) as tls:
            tls.sendall(b"good")
            raw = socket.socket(fileno=tls.detach())
        with raw:
            raw.sendall(LATER[kind])
            raw.shutdown(socket.SHUT_WR)
            while raw.recv(65536):
                pass


accept_for_ever(serve)
