"""`os` functions that understand our descriptors.

Ours have numbers that the C library gives to no file (`FIRST` and above), so each
wrapper dispatches by the number. Where files have their numbers from us as well
(`_wasocket.HOLDS_FILES`), any number may refer to anything, and it is looked up.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import os
from collections.abc import Callable
from typing import Any

import _wasocket

from .buffers import octets
from .error_numbers import error as _error
from .replacing import replace

#: The lowest number of a socket's descriptor.
FIRST = 1 << 20
#: How many standard streams there are.
STREAMS = 3
#: What a function of ours is called for: what only we have, standard streams as well, whatever has its number from us.
ONLY_OURS, AND_STREAMS, AND_FILES = range(3)
#: How many descriptors `os.closerange()` looks at, lowest first, as they are given out.
LIMIT = 1 << 16
#: How much `os.sendfile()` reads at once.
SENT_AT_ONCE = 1 << 18


def install() -> None:
    """Wrap the functions of `os` that this platform has, and give it those that only ours need."""
    _wasocket.open_standard_streams()
    for name, ours in _OURS.items():
        if hasattr(os, name):
            replace(name, wrapped(getattr(os, name), ours, reach=_REACH.get(name, ONLY_OURS)))
    if _os_closerange is not None:
        os.closerange = functools.wraps(_os_closerange)(_closerange)
    for name, function in _ADDED.items():
        if not hasattr(os, name):
            setattr(os, name, function)


def wrapped(
    original: Callable[..., Any], ours: Callable[..., Any], keyword: str = "fd", reach: int = ONLY_OURS
) -> Callable[..., Any]:
    """A function that calls `ours` for descriptors within `reach`, else `original`."""
    return _wasocket.by_descriptor(original, ours, keyword, original.__name__, documentation(original), reach)


def documentation(function: Callable[..., Any]) -> str:
    """The documentation of a built-in function, its signature first, as such a function is made of it."""
    signature = getattr(function, "__text_signature__", None)
    doc = function.__doc__ or ""
    return doc if signature is None else f"{function.__name__}{signature}\n--\n\n{doc}"


def _close(fd: int) -> None:
    _wasocket.close_fd(fd)


def _closerange(fd_low: int, fd_high: int, /) -> None:
    """`os.closerange()`: our descriptors that are open, those of standard streams among them, and files below `FIRST`."""
    ours = (*range(max(fd_low, 0), min(fd_high, STREAMS)), *range(max(fd_low, FIRST), min(fd_high, FIRST + LIMIT)))
    for fd in ours:
        if _wasocket.is_socket_fd(fd):
            _wasocket.close_fd(fd)
    files_high = min(fd_high, FIRST)
    if fd_low < files_high:
        _os_closerange(fd_low, files_high)


def _dup2(fd: int, fd2: int, inheritable: bool = True) -> int:
    """Duplicate file descriptor."""
    if not _wasocket.HOLDS_FILES and min(fd, fd2) < FIRST:
        raise _error(errno.ENOTSUP)  # the C library of WASI has none for files
    if fd == fd2 and not inheritable:
        raise _error(errno.EINVAL)  # dup3(2) wants two numbers
    _wasocket.dup2_fd(fd, fd2)
    if fd != fd2:
        _wasocket.set_inheritable(fd2, inheritable)
    return fd2


def _pipe() -> tuple[int, int]:
    """Create a pipe.

    Returns a tuple of two file descriptors:
      (read_fd, write_fd)
    """
    return _wasocket.pipe()


def _pipe2(flags: int, /) -> tuple[int, int]:
    """Create a pipe with flags set atomically.

    Returns a tuple of two file descriptors:
      (read_fd, write_fd)

    flags can be constructed by ORing together one or more of these values:
    O_NONBLOCK, O_CLOEXEC.
    """
    close_on_exec = getattr(os, "O_CLOEXEC", 0)
    if flags & ~(os.O_NONBLOCK | close_on_exec):
        raise _error(errno.EINVAL)
    ends = _wasocket.pipe()
    for end in ends:
        _wasocket.set_blocking(end, not flags & os.O_NONBLOCK)
        _wasocket.set_inheritable(end, not flags & close_on_exec)
    return ends


def _sendfile(out_fd: int, in_fd: int, offset: int | None, count: int) -> int:
    """Copy count bytes from file descriptor in_fd to file descriptor out_fd."""
    if _wasocket.is_socket_fd(in_fd):
        _wasocket.get_blocking(in_fd)
        code = errno.EINVAL if offset is None else errno.ESPIPE
        raise _error(code)
    size = min(count, SENT_AT_ONCE)
    if offset is not None:
        return os.write(out_fd, os.pread(in_fd, size, offset))
    start = os.lseek(in_fd, 0, os.SEEK_CUR)
    sent = os.write(out_fd, os.pread(in_fd, size, start))
    os.lseek(in_fd, start + sent, os.SEEK_SET)
    return sent


def _fstat(fd: int) -> os.stat_result:
    """`os.fstat()`: the type of the file, for `stat.S_ISSOCK` and similar, and constants."""
    return os.stat_result((_MODES[_wasocket.file_type(fd)], fd, 0, 1, 0, 0, 0, 0, 0, 0))


def _isatty(fd: int, /) -> bool:
    return _wasocket.is_socket_fd(fd) and _wasocket.file_type(fd) == "terminal"


def _lseek(fd: int, position: int, whence: int, /) -> int:
    kept = _wasocket.position_of(fd)
    if kept is None:
        raise _error(errno.ESPIPE)
    return kept


def _readinto(fd: int, buffer: Any, /) -> int:
    with memoryview(buffer) as given, octets(given) as view:
        data = _wasocket.read_fd(fd, len(view))
        view[: len(data)] = data
        return len(data)


def _readv(fd: int, buffers: Any, /) -> int:
    """Read from a file descriptor fd into an iterable of buffers."""
    with contextlib.ExitStack() as held:
        given = [held.enter_context(memoryview(buffer)) for buffer in buffers]
        views = [held.enter_context(octets(view)) for view in given]
        data = os.read(fd, sum(map(len, views)))
        rest = data
        for view in views:
            view[: len(rest)] = rest[: len(view)]
            rest = rest[len(view) :]
        return len(data)


def _writev(fd: int, buffers: Any, /) -> int:
    """Iterate over buffers, and write the contents of each to a file descriptor."""
    return os.write(fd, b"".join(buffers))


def _refuse(code: int) -> Callable[..., Any]:
    """What a socket does not do: a function that raises this error for our open descriptors."""

    def function(fd: int, *arguments: Any, **keywords: Any) -> Any:
        _wasocket.get_blocking(fd)
        raise _error(code)

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
    "lseek": _lseek,
    "pread": _refuse(errno.ESPIPE),
    "pwrite": _refuse(errno.ESPIPE),
}
#: How far those of them reach that are for more than what only we have: numbers are ours, and what the C library does not do, or
#: not well, for standard streams.
_REACH = dict.fromkeys(("close", "dup", "get_inheritable", "set_inheritable"), AND_FILES) | dict.fromkeys(
    ("fstat", "get_blocking", "read", "readinto", "set_blocking", "write"), AND_STREAMS
)
#: The type and the permissions of each kind of file.
_MODES = {"device": 0o20666, "pipe": 0o10600, "socket": 0o140777, "terminal": 0o20620}
#: What WASI's C library lacks and our descriptors have.
_ADDED: dict[str, Callable[..., Any]] = {
    "dup2": _dup2,
    "pipe": _pipe,
    "pipe2": _pipe2,
    "readv": _readv,
    "sendfile": _sendfile,
    "writev": _writev,
}
for _name, _function in _ADDED.items():
    _function.__name__ = _function.__qualname__ = _name
