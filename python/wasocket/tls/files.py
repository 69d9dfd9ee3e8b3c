"""What contexts read: files, folders, data, and passwords."""

from __future__ import annotations

import os
import re
from typing import Any

import _wasocket

from . import errors

_tls = _wasocket.tls_module

#: OpenSSL's own limit.
LONGEST_PASSWORD = 1024
_HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+\Z")


def refuse_while_building() -> None:
    """A private key that is loaded while a component is built would stay in it, for everybody to read."""
    if "COMPONENTIZE_PY_APP_NAME" in os.environ:
        raise RuntimeError(
            "a private key must not be loaded while a component is being built: it would become a part of the component;"
            " load it in a function that runs later"
        )


def expect_dh_params(data: bytes) -> None:
    """Refuse what has no parameters for Diffie-Hellman in it."""
    if b"-----BEGIN DH PARAMETERS-----" not in data and b"-----BEGIN X9.42 DH PARAMETERS-----" not in data:
        raise errors.make(errors.SSLError, 108, "[PEM: NO_START_LINE] no start line (_ssl.c)", "PEM", "NO_START_LINE")


def contents(path: Any, what: str) -> bytes:
    """The bytes of a file."""
    if not isinstance(path, (str, bytes, os.PathLike)):
        raise TypeError(what)
    with open(path, "rb") as file:
        return file.read()


def hashed_certificates(folder: Any) -> list[str]:
    """The certificates of a folder, by the names that `openssl rehash` gives them."""
    if not isinstance(folder, (str, bytes, os.PathLike)):
        raise TypeError("capath should be a valid filesystem path")
    folder = os.fsdecode(folder)
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return []
    return [os.path.join(folder, name) for name in names if _HASHED.match(name)]


def certificate_data(data: Any) -> tuple[bytes, bool]:
    """The argument `cadata`: PEM as str, or DER; and whether it is DER."""
    if isinstance(data, str):
        if not data.isascii():
            raise TypeError("cadata should be an ASCII string or a bytes-like object")
        encoded, is_der = data.encode("ascii"), False
    else:
        try:
            encoded, is_der = bytes(memoryview(data)), True
        except TypeError:
            raise TypeError("cadata should be an ASCII string or a bytes-like object") from None
    if not encoded:
        raise ValueError("Empty certificate data")
    return encoded, is_der


def password_for(key: bytes, password: Any) -> bytes | None:
    """The password, asked for only if the key is encrypted."""
    if password is None:
        return None
    if not callable(password):
        return _password(password, "password should be a string or callable")
    if not _tls.is_key_encrypted(key):
        return None
    return _password(password(), "password callback must return a string")


def _password(value: Any, what: str) -> bytes:
    if isinstance(value, str):
        encoded = value.encode("utf-8")
    elif isinstance(value, (bytes, bytearray)):
        encoded = bytes(value)
    else:
        raise TypeError(what)
    if len(encoded) > LONGEST_PASSWORD:
        raise ValueError(f"password cannot be longer than {LONGEST_PASSWORD} bytes")
    return encoded
