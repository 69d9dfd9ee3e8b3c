"""`SSLSession`: a session that a client can resume."""

from __future__ import annotations

import time

import _wasocket

#: Seconds for which servers of TLS 1.2 are expected to know a session, as OpenSSL states it.
LIFETIME = 7200


class SSLSession:
    """A session of a client."""

    __module__ = "_ssl"
    __slots__ = ("_handle", "_context", "id", "time")

    def __new__(cls, *_: object) -> SSLSession:
        raise TypeError("cannot create '_ssl.SSLSession' instances")

    timeout = property(lambda self: LIFETIME, doc="Session timeout (delta in seconds).")
    ticket_lifetime_hint = property(lambda self: LIFETIME, doc="Ticket life time hint.")
    has_ticket = property(lambda self: True, doc="Does the session contain a ticket?")

    def __eq__(self, other: object) -> bool:
        return self.id == other.id if isinstance(other, SSLSession) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.id)


def wrap(handle: object, context: object, resumed: SSLSession | None) -> SSLSession:
    """The session object for a handle; one that was resumed keeps its id."""
    session = object.__new__(SSLSession)
    session._handle = handle
    session._context = context
    session.id = resumed.id if resumed is not None else _wasocket.tls_module.random_bytes(32)
    session.time = int(time.time())
    return session
