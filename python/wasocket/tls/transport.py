"""Where records come from and go to: a socket or two memory buffers, with one deadline for each call."""

from __future__ import annotations

import time
import weakref

import _wasocket

from . import errors
from .memory_bio import MemoryBIO

_socket = _wasocket.socket_module.socket


class OverSocket:
    """Records go over a socket. One call waits for as long as the socket's timeout says, in all."""

    __slots__ = ("_socket", "_timeout", "_deadline", "_what")

    def __init__(self, sock: object) -> None:
        self._socket = weakref.ref(sock)
        self._timeout: float | None = None
        self._deadline: float | None = None
        self._what = ""

    @property
    def sock(self) -> object:
        """The socket, while it is there."""
        return self._socket()

    def begin(self, what: str) -> None:
        """A call begins that a timeout would name so."""
        self._timeout = _socket.gettimeout(self._alive())
        self._deadline = time.monotonic() + self._timeout if self._timeout else None
        self._what = what

    def receive(self, size: int) -> bytes:
        """At least one byte, or none at the stream's end."""
        sock = self._alive()
        try:
            return self._within_deadline(_socket.recv, sock, size)
        except BlockingIOError:
            raise errors.want_read() from None

    def send(self, data: memoryview) -> int:
        """How many bytes were taken."""
        sock = self._alive()
        try:
            return self._within_deadline(_socket.send, sock, data)
        except BlockingIOError:
            raise errors.want_write() from None

    def send_last(self, data: bytes) -> None:
        """Send as much of an alert as is possible at once, before its error is raised; a failure here is ignored."""
        sock = self.sock
        if sock is None:
            return
        try:
            _socket.settimeout(sock, 0)
            _socket.send(sock, data)
        except OSError:
            pass
        finally:
            _socket.settimeout(sock, self._timeout)

    def _alive(self) -> object:
        sock = self.sock
        if sock is None or _socket.fileno(sock) < 0:
            raise errors.plain("Underlying socket connection gone")
        return sock

    def _within_deadline(self, function, sock, argument):
        if self._deadline is None:
            return function(sock, argument)
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"The {self._what} operation timed out")
        _socket.settimeout(sock, left)
        try:
            return function(sock, argument)
        except TimeoutError:
            raise TimeoutError(f"The {self._what} operation timed out") from None
        finally:
            if _socket.fileno(sock) >= 0:
                _socket.settimeout(sock, self._timeout)


class OverBuffers:
    """Records go through two memory buffers."""

    __slots__ = ("_incoming", "_outgoing")
    sock = None

    def __init__(self, incoming: MemoryBIO, outgoing: MemoryBIO) -> None:
        self._incoming = incoming
        self._outgoing = outgoing

    def begin(self, what: str) -> None:
        """A call begins; it never waits."""

    def receive(self, size: int) -> bytes:
        """At least one byte, or none at the stream's end."""
        data = self._incoming.read(size)
        if not data and not self._incoming.eof:
            raise errors.want_read()
        return data

    def send(self, data: memoryview) -> int:
        """How many bytes were taken: all."""
        return self._outgoing.write(data)

    def send_last(self, data: bytes) -> None:
        """An alert, before its error is raised."""
        self._outgoing.write(data)
