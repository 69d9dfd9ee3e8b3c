# native: 3.14
"""Enumerations, classes and exceptions have the faces that Python gives them."""
import socket

from support import outcome

sock = socket.socket()
print(repr(sock.family), repr(sock.type), sock.proto)
print(repr(socket.AF_INET6), repr(socket.MSG_PEEK), repr(socket.AI_PASSIVE), int(socket.AF_INET))
print(socket.socket.__mro__[1] is socket.SocketType, socket.SocketType.__name__)
print(socket.error is OSError, socket.timeout is TimeoutError)
print(socket.gaierror.__mro__[1:3], socket.herror.__qualname__, socket.gaierror.__module__)
outcome("attribute", setattr, socket.SocketType, "foo", 1)
outcome("family", setattr, sock, "family", 1)
outcome("slot", setattr, sock, "anything", 1)
raw = socket.SocketType()
print(raw.family, raw.type, raw.proto, raw.timeout, raw.fileno() >= 0)
raw.close()
nonblocking = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
print(repr(nonblocking.type), nonblocking.gettimeout())
outcome("family 99", socket.socket, 99)
outcome("type 99", socket.socket, socket.AF_INET, 99)
outcome("proto", socket.socket, socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_UDP)
outcome("text", socket.socket, "AF_INET")
with sock as same:
    print(same is sock)
print(sock._closed, sock)
