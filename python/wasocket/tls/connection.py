"""`_SSLSocket`: one TLS connection, over a socket or memory buffers."""

from __future__ import annotations

import operator
import weakref
from typing import Any

import _wasocket

from ..buffers import octets
from . import certificates, constants, errors, session as sessions
from .errors import call
from .transport import OverBuffers, OverSocket

_tls = _wasocket.tls_module

#: How many bytes are encrypted before they are sent: records of 16 KiB.
CHUNK = 128 * 1024
_DONE, _NEEDS_INPUT, _HELLO = range(3)


class _SSLSocket:
    """A TLS connection; `ssl.SSLSocket` and `ssl.SSLObject` hold one each."""

    __module__ = "_ssl"
    __slots__ = (
        "_context", "_counters", "_options", "_transport", "_handle", "_owner", "_session", "_resumed", "_begun",
        "_established", "_closing", "_progress", "server_side", "server_hostname", "__weakref__",
    )  # fmt: skip

    def __new__(cls, *_: object) -> _SSLSocket:
        raise TypeError("cannot create '_ssl._SSLSocket' instances")

    @property
    def context(self) -> Any:
        """The context. A server may be given another one in `sni_callback`: it shows that one's certificate and trusts what
        that one trusts, and keeps all settings that it was made with."""
        return self._context

    @context.setter
    def context(self, value: object) -> None:
        from .context import _SSLContext

        if not isinstance(value, _SSLContext):
            raise TypeError("The value must be a SSLContext")
        _tls.set_context(self._handle, value._handle)
        self._context = value

    @property
    def owner(self) -> Any:
        """The object that the program sees."""
        return self._owner() if self._owner is not None else None

    @owner.setter
    def owner(self, value: object) -> None:
        self._owner = weakref.ref(value) if value is not None else None

    @property
    def session(self) -> Any:
        """What this connection may be resumed with."""
        if self._session is None and not self.server_side and self._established:
            handle = _tls.session(self._handle)
            if handle is not None:
                self._session = sessions.wrap(handle, self._context, self._resumed if self.session_reused else None)
        return self._session

    @session.setter
    def session(self, value: object) -> None:
        if not isinstance(value, sessions.SSLSession):
            raise TypeError("Value is not a SSLSession.")
        if value._context is not self._context:
            raise ValueError("Session refers to a different SSLContext.")
        if self.server_side:
            raise ValueError("Cannot set session for server-side SSLSocket.")
        if self._begun:
            raise ValueError("Cannot set session after handshake.")
        self._resumed = value

    @property
    def session_reused(self) -> bool:
        """Whether the handshake resumed a session."""
        return self._established and _tls.is_resumed(self._handle)

    def do_handshake(self) -> None:
        """Make the handshake, as far as it is not made."""
        self._transport.begin("handshake")
        self._shake_hands()

    def read(self, size: int = 1024, buffer: Any = None, /) -> Any:
        """Read up to size bytes; into buffer if there is one: then, how many."""
        if buffer is None and size < 0:
            raise ValueError("size should not be negative")
        if buffer is not None:
            with memoryview(buffer) as view:
                size = view.nbytes if size <= 0 else min(size, view.nbytes)
        if size == 0:
            return b"" if buffer is None else 0
        self._transport.begin("read")
        self._shake_hands()
        while True:
            if buffer is None:
                data = call(_tls.read, self._handle, size)
            else:
                data = call(_tls.read_into, self._handle, buffer, size)
            if data:
                return data
            if data is not None:
                if self._closing:
                    raise errors.zero_return()
                return data
            if not self._fill():
                return b"" if buffer is None else 0

    def write(self, data: Any, /) -> int:
        """Write all of data; how many bytes it has."""
        with memoryview(data) as given, octets(given) as view:
            self._transport.begin("write")
            self._shake_hands()
            if self._progress > len(view):
                raise errors.make(
                    errors.SSLError, 1, "[SSL: BAD_LENGTH] bad length (_ssl.c)", "SSL", "BAD_LENGTH"
                )
            self._flush()
            # What an earlier call has encrypted is not encrypted again: the program repeats that call.
            while self._progress < len(view):
                with view[self._progress : self._progress + CHUNK] as chunk:
                    call(_tls.write, self._handle, chunk)
                    self._progress += len(chunk)
                self._flush()
            self._progress = 0
            return len(view)

    def shutdown(self) -> Any:
        """End TLS in both directions; the socket, which goes on without it."""
        self._transport.begin("read")
        if not self._established:
            raise errors.make(
                errors.SSLError, 1, "[SSL: SHUTDOWN_WHILE_IN_INIT] shutdown while in init (_ssl.c)", "SSL",
                "SHUTDOWN_WHILE_IN_INIT",
            )  # fmt: skip
        if not self._closing:
            call(_tls.close, self._handle)
            self._closing = True
        self._flush()
        while not _tls.is_peer_closed(self._handle):
            if call(_tls.read, self._handle, 1):
                raise errors.make(
                    errors.SSLError, 1,
                    "[SSL: APPLICATION_DATA_AFTER_CLOSE_NOTIFY] application data after close notify (_ssl.c)",
                    "SSL", "APPLICATION_DATA_AFTER_CLOSE_NOTIFY",
                )  # fmt: skip
            if not self._fill():
                break
        return self._transport.sock

    def pending(self) -> int:
        """How many decrypted bytes can be read."""
        return _tls.pending(self._handle)

    def getpeercert(self, binary_mode: bool = False, /) -> Any:
        """The certificate of the peer: a dictionary, which is empty if it was not verified, or its DER."""
        if not self._established:
            raise ValueError("handshake not done yet")
        chain = _tls.peer_chain(self._handle, False)
        if not chain:
            return None
        if binary_mode:
            return chain[0]
        return certificates.describe(chain[0]) if self._context.verify_mode != constants.CERT_NONE else {}

    def get_verified_chain(self) -> list[certificates.Certificate] | None:
        """The certificates from the peer's to the one that is trusted."""
        return self._chain(True)

    def get_unverified_chain(self) -> list[certificates.Certificate] | None:
        """The certificates that the peer sent."""
        return self._chain(False)

    def cipher(self) -> tuple[str, str, int] | None:
        """The name of the cipher, its protocol, and how many secret bits it has."""
        return _tls.cipher(self._handle)

    def shared_ciphers(self) -> list[tuple[str, str, int]] | None:
        """What a server's client offered and the server knows."""
        return _tls.offered_ciphers(self._handle) or None

    def version(self) -> str | None:
        """The version of TLS."""
        return _tls.version(self._handle) if self._established else None

    def selected_alpn_protocol(self) -> str | None:
        """The protocol that both sides speak over TLS."""
        protocol = _tls.protocol(self._handle)
        return protocol.decode("ascii", "surrogateescape") if protocol is not None else None

    def compression(self) -> None:
        """None: nothing is compressed."""

    def get_channel_binding(self, cb_type: str = "tls-unique") -> bytes | None:
        """No type of channel binding is known: `HAS_TLS_UNIQUE` is false."""
        raise ValueError(f"'{cb_type}' channel binding type not implemented")

    def verify_client_post_handshake(self) -> None:
        """Not there: `HAS_PHA` is false."""
        raise NotImplementedError("Post-handshake auth is not supported by your OpenSSL version.")

    def _chain(self, verified: bool) -> list[certificates.Certificate] | None:
        return [certificates.wrap(der) for der in _tls.peer_chain(self._handle, verified)] or None

    def _begin(self) -> None:
        if self.server_side:
            self._context._count("accept")
        else:
            context = self._context
            self._counters["connect"] += 1
            resumed = self._resumed._handle if self._resumed is not None else None
            call(_tls.begin, self._handle, context._prepared(), resumed, context._logs_keys())
        self._begun = True

    def _shake_hands(self) -> None:
        if self._established:
            return
        if not self._begun:
            self._begin()
        while (progress := call(_tls.progress, self._handle)) != _DONE:
            if progress == _HELLO:
                self._answer()
            else:
                self._flush()
                self._fill()
        self._flush()
        self._established = True
        self._context._log_keys()
        if self.server_side:
            self._context._count("accept_good")
        else:
            self._counters["connect_good"] += 1
        if self.session_reused:
            self._counters["hits"] += 1

    def _answer(self) -> None:
        """Ask the program which context is to answer a client, and answer."""
        alert = self._ask_program()
        if alert is not None:
            self._checked(_tls.refuse, self._handle, alert)
        context = self._context
        self._checked(_tls.answer, self._handle, context._prepared(), context._logs_keys())

    def _ask_program(self) -> int | None:
        context = self._context
        callback = context.sni_callback
        if callback is None:
            return None
        subject = self.owner or self._transport.sock
        if subject is None:
            return constants.ALERT_INTERNAL_ERROR  # the object for the callback is gone
        try:
            answer = callback(subject, _tls.server_name(self._handle), context)
        except BaseException as error:
            _tls.write_unraisable(error, callback, False)
            return constants.ALERT_HANDSHAKE_FAILURE
        if answer is None:
            return None
        try:
            return operator.index(answer) & 0xFF
        except (TypeError, ValueError, OverflowError) as error:
            _tls.write_unraisable(error, answer, True)
            return constants.ALERT_INTERNAL_ERROR

    def _fill(self) -> bool:
        """Take the rest of one record, or at least a part of it; false at an end that is to be taken for TLS's own."""
        data = self._transport.receive(_tls.wanted(self._handle))
        if data:
            self._checked(_tls.feed, self._handle, data)
        elif self._established and self._options & constants.OP_IGNORE_UNEXPECTED_EOF:
            return False
        else:
            call(_tls.feed_end, self._handle)
        return True

    def _checked(self, function: Any, *arguments: Any) -> None:
        """Call a function that may leave an alert to send before its error is raised."""
        try:
            call(function, *arguments)
        except errors.SSLError:
            self._context._log_keys()
            output = _tls.output(self._handle)
            if output:
                self._transport.send_last(output)
                _tls.sent(self._handle, len(output))
            raise

    def _flush(self) -> None:
        """Send all that is to be sent."""
        while output := _tls.output(self._handle):
            with memoryview(output) as view:
                position = 0
                try:
                    while position < len(view):
                        position += self._transport.send(view[position:])
                finally:
                    _tls.sent(self._handle, position)


def wrap(context: Any, transport: OverSocket | OverBuffers, server_side: bool, host: str | None, owner: object) -> Any:
    """A connection that has not begun, with the settings that the context has now."""
    connection = object.__new__(_SSLSocket)
    prepared = context._prepared()
    connection._handle = _tls.server(prepared) if server_side else call(_tls.client, prepared, host)
    connection._context = context
    # Only what it needs of its first context, which may be freed once another one is set.
    connection._counters = context._counters
    connection._options = context._options
    connection._transport = transport
    connection._session = connection._resumed = None
    connection._begun = connection._established = connection._closing = False
    connection._progress = 0
    connection.server_side = server_side
    connection.server_hostname = host
    connection.owner = owner
    return connection
