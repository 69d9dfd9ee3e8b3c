# needs: certificates
"""An exception that is kept holds no buffer that the failed call was given: a bytearray can be resized at once."""
import hashlib
import os
import socket
import ssl

from support import connected
from support.tls import Pair, path

kept = []


def fails(label, call, says_what=True):
    """The call fails with a buffer, its exception stays, and the buffer grows. What fails may be a matter of timing."""
    buffer = bytearray(b"0123456789" * 10)
    try:
        print(label, "->", call(buffer))
        return
    except (OSError, ValueError) as error:
        kept.append(error)
        name = type(error).__name__ if says_what else "fails"
    try:
        buffer.extend(b"more")
        print(label, name, "resized")
    except BufferError:
        print(label, name, "held")


silent, other = connected()
silent.setblocking(False)
with silent, other:
    fails("recv_into", silent.recv_into)
    fails("recvfrom_into", silent.recvfrom_into)
    fails("recvmsg_into", lambda buffer: silent.recvmsg_into([buffer, memoryview(buffer)[3:]]))
    fails("recv_into a view", lambda buffer: silent.recv_into(memoryview(buffer)))
    fails("os.readv", lambda buffer: os.readv(silent.fileno(), [buffer]))
    with silent.makefile("rb", 0) as raw:
        silent.settimeout(0.01)
        fails("readinto", raw.readinto)
    silent.shutdown(socket.SHUT_WR)
    fails("send", silent.send)
    fails("sendall", silent.sendall)
    fails("sendto", lambda buffer: silent.sendto(buffer, other.getsockname()))
    fails("sendmsg", lambda buffer: silent.sendmsg([buffer, buffer]))
    fails("os.write", lambda buffer: os.write(silent.fileno(), buffer))
    fails("os.writev", lambda buffer: os.writev(silent.fileno(), [buffer]))
fails("closed send", silent.send)
fails("closed recv_into", silent.recv_into)

client = ssl.create_default_context(cafile=path("authority"))
server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server.load_cert_chain(path("good"))
pair = Pair(client, server)
fails("TLS in memory, write before the handshake", pair.client.write)
fails("TLS in memory, read before the handshake", lambda buffer: pair.client.read(10, buffer))
pair.carry()
print(pair.shake())
fails("TLS in memory, read", lambda buffer: pair.server.read(10, buffer))
fails("TLS in memory, read into a view that a frame of ssl.py holds", lambda buffer: pair.server.read(1000, memoryview(buffer)))
pair.ends[2].write(b"no record of TLS")
fails("TLS in memory, read of garbage", lambda buffer: pair.server.read(10, buffer))
fails("TLS in memory, write after that", pair.server.write, says_what=False)
pair.ends[0].write_eof()
fails("memory after its end", pair.ends[0].write)


def over_sockets():
    ours, theirs = connected()
    ours.setblocking(False)
    theirs.setblocking(False)
    one = client.wrap_socket(ours, server_hostname="good.test", do_handshake_on_connect=False)
    two = server.wrap_socket(theirs, server_side=True, do_handshake_on_connect=False)
    waiting = [one, two]
    while waiting:
        for end in list(waiting):
            try:
                end.do_handshake()
                waiting.remove(end)
            except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
                pass
    return one, two


def fill(end, buffer):
    while True:
        end.send(buffer)


one, two = over_sockets()
with one, two:
    fails("TLS recv_into", one.recv_into)
    fails("TLS recv_into of a part", lambda buffer: one.recv_into(buffer, 5))
    fails("TLS full", lambda buffer: fill(one, buffer))
    fails("TLS still full", one.send)
    fails("TLS sendto", lambda buffer: one.sendto(buffer, ("127.0.0.1", 1)))
one, two = over_sockets()
with one, two:
    one.settimeout(0.01)
    fails("TLS out of time, recv_into", one.recv_into)
    fails("TLS out of time, send", lambda buffer: fill(one, buffer))
one, two = over_sockets()
with one, two:
    two.close()
    one.setblocking(True)
    fails("TLS to nobody", lambda buffer: fill(one, buffer), says_what=False)

fails("certificates that are none", lambda buffer: client.load_verify_locations(cadata=buffer))
fails("no such digest", lambda buffer: hashlib.pbkdf2_hmac("nothing", buffer, buffer, 1), says_what=False)
fails("scrypt", lambda buffer: hashlib.scrypt(buffer, salt=buffer, n=3, r=1, p=1))
