"""`errno` with every name that Linux has, and `os.strerror()` in Linux's words.

WASI numbers errors in its own order and lacks some. A name that it lacks gets
the number that it has on Linux, unless WASI has given that to another error.
"""

from __future__ import annotations

import errno
import os
from typing import Any

import _wasocket

#: The last number that WASI has given.
LAST = 76
#: Added to a number of Linux that is no greater than that.
APART = 1000

_os_strerror = os.strerror
_texts: dict[int, str] = {0: "Success"}


def install() -> None:
    """Add what is missing."""
    ours: dict[int, int] = {}
    table = _wasocket.linux_errors()
    for name, number, _ in table:
        if hasattr(errno, name):
            ours[number] = getattr(errno, name)
    for name, number, text in table:
        own = ours.setdefault(number, number if number > LAST else number + APART)
        if not hasattr(errno, name):
            setattr(errno, name, own)
        errno.errorcode.setdefault(own, name)
        _texts.setdefault(own, text)
    errno.errorcode[errno.EPIPE] = "EPIPE"  # ESHUTDOWN is the same to WASI's C library
    os.strerror = strerror


def error(code: int, *path: Any) -> OSError:
    """The error with its text, and with the path that it is about."""
    return OSError(code, os.strerror(code), *path)


def strerror(code: int, /) -> str:
    """Translate an error code to a message string."""
    text = _os_strerror(code)
    if code in _texts:
        return _texts[code]
    return text if code in errno.errorcode else f"Unknown error {code}"
