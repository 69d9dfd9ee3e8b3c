"""The exceptions of `_ssl`, and how a refusal becomes one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import _wasocket

from . import constants

_tls = _wasocket.tls_module


class SSLError(OSError):
    """An error occurred in the SSL implementation."""

    __module__ = "ssl"

    def __str__(self) -> str:
        return self.strerror if isinstance(self.strerror, str) else str(self.args)


class SSLZeroReturnError(SSLError):
    """SSL/TLS session closed cleanly."""

    __module__ = "ssl"


class SSLWantReadError(SSLError):
    """Non-blocking SSL socket needs to read more data before the requested operation can be completed."""

    __module__ = "ssl"


class SSLWantWriteError(SSLError):
    """Non-blocking SSL socket needs to write more data before the requested operation can be completed."""

    __module__ = "ssl"


class SSLSyscallError(SSLError):
    """System error when attempting SSL operation."""

    __module__ = "ssl"


class SSLEOFError(SSLError):
    """SSL/TLS connection terminated abruptly."""

    __module__ = "ssl"


class SSLCertVerificationError(SSLError, ValueError):
    """A certificate could not be verified."""

    __module__ = "ssl"


def call(function: Callable[..., Any], *arguments: object) -> Any:
    """Call a function for TLS; what it refuses is raised as the class of `ssl` that stands for it."""
    try:
        return function(*arguments)
    except _tls.Refused as refused:
        error = _of(*refused.args)
    raise error


def _of(kind: str, library: str, reason: str, text: str, verify_code: int, verify_message: str) -> SSLError:
    if kind == "closed":
        return zero_return()
    classes = {"ssl": SSLError, "eof": SSLEOFError, "verification": SSLCertVerificationError}
    number = constants.SSL_ERROR_EOF if kind == "eof" else constants.SSL_ERROR_SSL
    where = f"[{library}: {reason}] " if reason else f"[{library}] " if library else ""
    if not reason:
        number = constants.ERR_PEM_LIB if library else 0
    error = make(classes[kind], number, f"{where}{text} (_ssl.c)", library or None, reason or None)
    if kind == "verification":
        error.verify_code = verify_code  # type: ignore[attr-defined]
        error.verify_message = verify_message  # type: ignore[attr-defined]
    return error


def make(
    kind: type[SSLError], number: int, text: str, library: str | None = None, reason: str | None = None
) -> SSLError:
    """An exception with the attributes that all of them have."""
    error = kind(number, text)
    error.library = library  # type: ignore[attr-defined]
    error.reason = reason  # type: ignore[attr-defined]
    return error


def plain(text: str) -> SSLError:
    """An `SSLError` of this module itself, with nothing but a text."""
    error = SSLError(text)
    error.library = error.reason = None  # type: ignore[attr-defined]
    return error


def want_read() -> SSLError:
    """The peer has not sent enough."""
    return make(SSLWantReadError, constants.SSL_ERROR_WANT_READ, "The operation did not complete (read) (_ssl.c)")


def want_write() -> SSLError:
    """There is no room for what is to be sent."""
    return make(SSLWantWriteError, constants.SSL_ERROR_WANT_WRITE, "The operation did not complete (write) (_ssl.c)")


def zero_return() -> SSLError:
    """Both sides have ended the connection."""
    text = "TLS/SSL connection has been closed (EOF) (_ssl.c)"
    return make(SSLZeroReturnError, constants.SSL_ERROR_ZERO_RETURN, text)
