# needs: certificates
# peers: python:tls.py
"""Reading and writing over TLS: both versions, sizes, files, timeouts, both kinds of end, non-blocking."""
import os
import re
import select
import socket
import ssl
import tempfile

from support import peer

address = peer("tls")
folder = os.path.join(tempfile.gettempdir(), "certificates")
context = ssl.create_default_context(cafile=os.path.join(folder, "authority.pem"))
context.load_cert_chain(os.path.join(folder, "good.pem"))


def connect(host="good.test", **settings):
    sock = socket.create_connection(address)
    return context.wrap_socket(sock, server_hostname=host, **settings)


def receive_all(tls, count):
    data = bytearray()
    while len(data) < count:
        chunk = tls.recv(count - len(data))
        if not chunk:
            break
        data += chunk
    return bytes(data)


for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
    context.minimum_version = context.maximum_version = version
    with connect() as tls:
        print(tls.version(), tls.cipher()[1:], tls.session_reused, tls.selected_alpn_protocol(), tls.compression())
        tls.sendall(b"hello")
        print(tls.recv(100), tls.pending())
        for byte in b"one by one":
            tls.sendall(bytes([byte]))
        print(receive_all(tls, 10))
        tls.sendall(b"x" * 100)
        buffer = bytearray(60)
        print(tls.recv_into(buffer), bytes(buffer[:3]), tls.pending(), tls.recv(1000)[:3])
        raw = tls.unwrap()
        print(type(raw).__name__, raw.recv(10))
        raw.close()
context.minimum_version = ssl.TLSVersion.TLSv1_2

with connect() as tls:
    data = os.urandom(1) * 300_000
    sent, received = 0, 0
    tls.setblocking(False)
    while received < len(data):
        try:
            if sent < len(data):
                sent += tls.send(data[sent : sent + 50_000])
        except ssl.SSLWantWriteError:
            pass
        try:
            received += len(tls.recv(65536))
        except ssl.SSLWantReadError:
            select.select([tls], [tls] if sent < len(data) else [], [])
    print("non-blocking", sent, received)
    try:
        tls.recv(1)
    except ssl.SSLWantReadError as error:
        print(error.errno, re.sub(r" \(_ssl.*", "", str(error)))
    tls.settimeout(0.05)
    try:
        tls.recv(1)
    except TimeoutError as error:
        print(repr(error))

with connect("protocols.test") as tls:
    print(tls.selected_alpn_protocol())
context.set_alpn_protocols(["first", "second"])
with connect("protocols.test") as tls:
    print(tls.selected_alpn_protocol())
with connect("asks-back.test") as tls:
    tls.sendall(b"with a certificate")
    print(tls.recv(100))

with connect() as tls, tls.makefile("rw", encoding="ascii", newline="\n") as file:
    file.write("a line\nanother\n")
    file.flush()
    print(repr(file.readline()), repr(file.readline()))

with connect() as tls:
    tls.sendall(b"ragged")
    print(tls.recv(10))
with connect(suppress_ragged_eofs=False) as tls:
    tls.sendall(b"ragged")
    try:
        tls.recv(10)
    except ssl.SSLEOFError as error:
        print(error.errno, re.sub(r" \(_ssl.*", "", str(error)), error.reason)

plain = socket.create_connection(address)
plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
plain.close()
late = context.wrap_socket(socket.socket(), server_hostname="good.test", do_handshake_on_connect=False)
try:
    late.recv(1)
except OSError as error:
    print(type(error).__name__)
late.connect(address)
late.do_handshake()
late.sendall(b"late")
print(late.recv(10), late.server_hostname)
late.shutdown(socket.SHUT_RDWR)
late.close()
