# needs: certificates
# peers: python:tls_illegal.py
# native: 3.14
"""Servers that speak TLS wrongly in every way: each ends in an exception, and none in more than that."""
import os
import socket
import ssl
import tempfile

from support import peer

address = peer("tls_illegal")
context = ssl.create_default_context(cafile=os.path.join(tempfile.gettempdir(), "certificates", "authority.pem"))
ANSWERS = (
    "nothing", "text", "zeroes", "unknown kind", "unknown version", "ssl 2", "too long", "empty handshake", "empty alert", "short alert",
    "unknown alert", "fatal alert", "warning", "flood of warnings", "end of data", "data", "change of cipher", "flood of changes",
    "long change", "heartbeat", "unknown message", "request", "client's hello", "finished", "short hello", "long hello", "cut record",
    "cut header",
)  # fmt: skip
LATER = (
    "later text", "later plain data", "later short data", "later empty data", "later too long", "later plain alert",
    "later plain handshake", "later unknown kind", "later change of cipher", "later cut",
)  # fmt: skip


def attempt(kind, version):
    context.minimum_version = context.maximum_version = version
    sock = socket.create_connection(address, 30)
    sock.sendall(kind.encode() + b"\n")
    try:
        with context.wrap_socket(sock, server_hostname="good.test", suppress_ragged_eofs=False) as tls:
            first = tls.recv(4)
            while data := tls.recv(1000):
                print(" ", data)
        return f"{first} and an end"
    except OSError as error:
        return f"{type(error).__name__} {getattr(error, 'library', None)}"


for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
    for kind in ANSWERS + LATER:
        print(version.name, kind, "->", attempt(kind, version))
