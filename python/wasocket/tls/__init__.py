"""The module `_ssl`, for stock `ssl.py`: TLS on rustls, which the extension holds.

What is secret, parses or calculates is in the extension, which touches no socket; this package moves the records, keeps
the settings, and calls the program's callbacks, while nothing of the extension is borrowed.
"""

from __future__ import annotations

from types import ModuleType

import _wasocket

from . import certificates, constants, context, errors, memory_bio, session
from .connection import _SSLSocket

_tls = _wasocket.tls_module

#: How many random bytes are made at once.
_RANDOM_CHUNK = 1 << 20


def make_module() -> ModuleType:
    """The module `_ssl`."""
    module = ModuleType("_ssl", "Implementation module for SSL socket operations: TLS on rustls.")
    for name, value in constants.CONSTANTS.items():
        setattr(module, name, value)
    for kind in (
        errors.SSLError, errors.SSLCertVerificationError, errors.SSLZeroReturnError, errors.SSLWantReadError,
        errors.SSLWantWriteError, errors.SSLSyscallError, errors.SSLEOFError, context._SSLContext, _SSLSocket,
        memory_bio.MemoryBIO, session.SSLSession, certificates.Certificate,
    ):  # fmt: skip
        setattr(module, kind.__name__, kind)
    for kind in (_SSLSocket, memory_bio.MemoryBIO, session.SSLSession, certificates.Certificate):
        _forbid_subclasses(kind)
    for kind in (
        errors.SSLError, context._SSLContext, _SSLSocket, memory_bio.MemoryBIO, session.SSLSession,
        certificates.Certificate,
    ):  # fmt: skip
        _tls.freeze(kind)
    for function in (RAND_add, RAND_bytes, RAND_status, _test_decode_cert, get_default_verify_paths, nid2obj, txt2obj):
        setattr(module, function.__name__, function)
    return module


def _forbid_subclasses(kind: type) -> None:
    """Have it say as a type of C does that nothing derives from it."""

    def refuse(cls: type, **_: object) -> None:
        raise TypeError(f"type '_ssl.{kind.__name__}' is not an acceptable base type")

    kind.__init_subclass__ = classmethod(refuse)  # type: ignore[assignment]


def RAND_status() -> bool:
    """True: the platform's generator needs no seed."""
    return True


def RAND_add(string: str | bytes, entropy: float, /) -> None:
    """Nothing: the platform's generator needs no seed."""
    if not isinstance(string, str):
        memoryview(string).release()
    float(entropy)


def RAND_bytes(n: int, /) -> bytes:
    """Random bytes, strong enough for keys."""
    if n < 0:
        raise ValueError("num must be positive")
    return b"".join(_tls.random_bytes(min(_RANDOM_CHUNK, n - done)) for done in range(0, n, _RANDOM_CHUNK))


def get_default_verify_paths() -> tuple[str, str, str, str]:
    """The environment's variables for certificates. There are no default paths: Mozilla's roots are built in."""
    return ("SSL_CERT_FILE", "", "SSL_CERT_DIR", "")


def nid2obj(nid: int, /) -> tuple[int, str, str, str | None]:
    """Look up an object by OpenSSL's number."""
    if nid < 0:
        raise ValueError("NID must be positive")
    found = _tls.object(nid, None, False)
    if found is None:
        raise ValueError(f"unknown NID {nid}")
    return found if nid else (*found[:3], None)


def txt2obj(txt: str, name: bool = False) -> tuple[int, str, str, str | None]:
    """Look up an object by its identifier, or by a name as well."""
    found = _tls.object(-1, txt, name)
    if found is None:
        raise ValueError(f"unknown object '{txt[:100]}'")
    return found


def _test_decode_cert(path: object, /) -> dict[str, object]:
    with open(path, "rb") as file:  # type: ignore[call-overload]
        text = file.read().decode("latin-1")
    import ssl

    start, end = text.find(ssl.PEM_HEADER), text.find(ssl.PEM_FOOTER)
    if start < 0 or end < start:
        raise errors.plain("Error decoding PEM-encoded file")
    return certificates.describe(ssl.PEM_cert_to_DER_cert(text[start : end + len(ssl.PEM_FOOTER)]))
