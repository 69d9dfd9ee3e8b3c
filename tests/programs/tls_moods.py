# needs: certificates
# peers: python:tls_moods.py
# native: 3.14
# patience: 120
"""64 MiB both ways at once, some with TLS 1.2, records of one byte, records that come byte by byte, ends that cross."""
import hashlib
import os
import re
import select
import socket
import ssl
import tempfile

from support import peer

address = peer("tls_moods")
context = ssl.create_default_context(cafile=os.path.join(tempfile.gettempdir(), "certificates", "authority.pem"))
PATTERN = bytes(reversed(range(256))) * 512


def connect(mood):
    sock = socket.create_connection(address, 60)
    sock.sendall(mood)
    return context.wrap_socket(sock, server_hostname="good.test")


def bulk(total):
    with connect(b"b") as tls:
        tls.sendall(b"%020d" % total)
        tls.setblocking(False)
        sent, received, to_send, digests = hashlib.sha256(), hashlib.sha256(), total, b""
        to_receive, chunk, buffer = total, b"", bytearray(131072)
        while to_receive or to_send:
            wants = ([], [])
            if to_send:
                chunk = chunk or PATTERN[:to_send]
                try:
                    count = tls.send(chunk)
                    sent.update(chunk[:count])
                    to_send -= count
                    chunk = b""
                except ssl.SSLWantWriteError:
                    wants[1].append(tls)
            if to_receive:
                try:
                    count = tls.recv_into(buffer, min(to_receive, len(buffer)))
                    received.update(memoryview(buffer)[:count])
                    to_receive -= count
                except ssl.SSLWantReadError:
                    wants[0].append(tls)
            if any(wants) and len(wants[0]) == bool(to_receive) and len(wants[1]) == bool(to_send):
                select.select(*wants, [])
        tls.settimeout(60)
        while len(digests) < 64:
            digests += tls.recv(64 - len(digests))
        print(tls.version(), digests == sent.digest() + received.digest(), received.hexdigest(), sent.hexdigest())
        print(tls.recv(1))


for version, total in ((ssl.TLSVersion.TLSv1_2, 4 << 20), (ssl.TLSVersion.TLSv1_3, 64 << 20)):
    context.minimum_version = context.maximum_version = version
    bulk(total)
    with connect(b"1") as tls:
        data = os.urandom(1500)
        tls.sendall(data)
        parts = []
        while part := tls.recv(1000):
            parts.append(part)
        print("records of one byte", {len(part) for part in parts}, b"".join(parts) == data)
    with connect(b"d") as tls:
        tls.sendall(b"slowly")
        text = b""
        while part := tls.recv(1000):
            text += part
        print("byte by byte", len(text), text[:12])
    with connect(b"c") as tls:
        print(tls.recv(100), tls.recv(100), tls.recv(100))
        for part in (b"still", b"something", b"to say"):
            print("after the end", tls.send(part))
        try:
            tls.unwrap()
            print("unwrapped")
        except OSError as error:
            print(type(error).__name__, re.sub(r" \(_ssl\.c[^)]*\)", "", str(error)))
