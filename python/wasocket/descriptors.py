"""`os` functions that understand our descriptors.

Our descriptors have numbers that no file has (`FIRST` and above), so each
wrapper knows by the number whom to ask.
"""

from __future__ import annotations

import errno
import functools
import os
from collections.abc import Callable
from typing import Any

import _wasocket

#: The lowest number of a socket's descriptor.
FIRST = 1 << 20
#: How many descriptors `os.closerange()` looks at, lowest first, as they are given out.
LIMIT = 1 << 16


def install() -> None:
    """Wrap the functions of `os` that this platform has."""
    for name, ours in _OURS.items():
        if hasattr(os, name):
            setattr(os, name, _wrapped(getattr(os, name), ours))
    if _os_closerange is not None:
        os.closerange = functools.wraps(_os_closerange)(_closerange)


def _wrapped(original: Callable[..., Any], ours: Callable[..., Any]) -> Callable[..., Any]:
    """A function that calls `ours` for our descriptors and `original` for others."""

    @functools.wraps(original)
    def function(*arguments: Any, **keywords: Any) -> Any:
        descriptor = arguments[0] if arguments else keywords.get("fd")
        if isinstance(descriptor, int) and descriptor >= FIRST:
            return ours(*arguments, **keywords)
        return original(*arguments, **keywords)

    return function


def _close(fd: int) -> None:
    _wasocket.close_fd(fd)


def _closerange(fd_low: int, fd_high: int, /) -> None:
    """`os.closerange()`: files below `FIRST`, then our descriptors that are open."""
    files_high = min(fd_high, FIRST)
    if fd_low < files_high:
        _os_closerange(fd_low, files_high)
    for fd in range(max(fd_low, FIRST), min(fd_high, FIRST + LIMIT)):
        if _wasocket.is_socket_fd(fd):
            _wasocket.close_fd(fd)


def _fstat(fd: int) -> os.stat_result:
    """`os.fstat()`: a socket, as `stat.S_ISSOCK` tells, and nothing else known of it."""
    import stat

    _wasocket.get_blocking(fd)
    return os.stat_result((stat.S_IFSOCK | 0o777, fd, 0, 1, 0, 0, 0, 0, 0, 0))


def _isatty(fd: int, /) -> bool:
    return False


def _readinto(fd: int, buffer: Any, /) -> int:
    view = memoryview(buffer).cast("B")
    data = _wasocket.read_fd(fd, len(view))
    view[: len(data)] = data
    return len(data)


def _refuse(code: int) -> Callable[..., Any]:
    """What a socket does not do: a function that raises this error for our open descriptors."""

    def function(fd: int, *arguments: Any, **keywords: Any) -> Any:
        _wasocket.get_blocking(fd)
        raise OSError(code, os.strerror(code))

    return function


_os_closerange = getattr(os, "closerange", None)
_OURS: dict[str, Callable[..., Any]] = {
    "close": _close,
    "dup": _wasocket.dup_fd,
    "fstat": _fstat,
    "get_blocking": _wasocket.get_blocking,
    "get_inheritable": _wasocket.get_inheritable,
    "isatty": _isatty,
    "read": _wasocket.read_fd,
    "readinto": _readinto,
    "set_blocking": _wasocket.set_blocking,
    "set_inheritable": _wasocket.set_inheritable,
    "write": _wasocket.write_fd,
    "fdatasync": _refuse(errno.EINVAL),
    "fsync": _refuse(errno.EINVAL),
    "ftruncate": _refuse(errno.EINVAL),
    "lseek": _refuse(errno.ESPIPE),
    "pread": _refuse(errno.ESPIPE),
    "pwrite": _refuse(errno.ESPIPE),
}
