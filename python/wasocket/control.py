"""fcntl(2) and ioctl(2): on our descriptors by what the core knows of them, on files by the C library."""

from __future__ import annotations

import errno
import operator
import os
import struct
from collections.abc import Callable
from typing import Any

import _wasocket

from . import descriptors
from .arguments import c_int
from .error_numbers import error
from .terminals import UNKNOWN, check_terminal

#: Commands of fcntl(2), with Linux's numbers, which WASI's C library shares where it has them.
F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW = range(8)
F_SETOWN, F_GETOWN, F_DUPFD_CLOEXEC = 8, 9, 1030
FD_CLOEXEC = 1
#: Types of record locks.
F_RDLCK, F_WRLCK, F_UNLCK = range(3)
#: Commands of lockf(3).
F_ULOCK, F_LOCK, F_TLOCK, F_TEST = range(4)
#: Requests of ioctl(2).
FIONBIO, FIONREAD, FIONCLEX, FIOCLEX, TIOCGWINSZ = 0x5421, 0x541B, 0x5450, 0x5451, 0x5413
#: How much of a socket's data `FIONREAD` counts.
COUNTED = 1 << 20
#: How a lock's type and a window's lines and columns lie in memory.
_TYPE, _WINDOW, _INT = struct.Struct("h"), struct.Struct("HHHH"), struct.Struct("i")


def is_ours(fd: int) -> bool:
    """Whether this descriptor is the core's and no file's; `EBADF` for a number that only the core could have."""
    if _wasocket.is_socket_fd(fd):
        return True
    if fd >= descriptors.FIRST and not _wasocket.HOLDS_FILES:
        raise error(errno.EBADF)
    return False


def control(fd: int, command: int, argument: int) -> int:
    """fcntl(2) with a number. `EINVAL`: there is no such command here."""
    ours = is_ours(fd)
    if command in (F_DUPFD, F_DUPFD_CLOEXEC):
        return _duplicate(fd, argument, command == F_DUPFD)
    if command in _OURS:
        known = ours or _wasocket.HOLDS_FILES and command in (F_GETFD, F_SETFD)
        return _OURS[command](fd, argument) if known else _wasocket.fcntl(fd, command, argument)
    if command == F_GETOWN and ours:
        return 0
    os.fstat(fd)
    raise error(errno.EINVAL)


def control_lock(fd: int, command: int, record: bytes) -> bytes:
    """fcntl(2) with a record lock. There is no other process, so every lock is free."""
    if command not in (F_GETLK, F_SETLK, F_SETLKW) or len(record) < _TYPE.size:
        is_ours(fd)
        raise error(errno.EINVAL)
    (kind,) = _TYPE.unpack_from(record)
    if command == F_GETLK:
        is_ours(fd) or os.fstat(fd)
        return _TYPE.pack(F_UNLCK) + record[_TYPE.size :]
    lock_record(fd, kind)
    return record


def lock_record(fd: int, kind: int) -> None:
    """Take or give back a record lock. `EBADF`: one for writing needs a file open for writing, and so on."""
    if kind not in (F_RDLCK, F_WRLCK, F_UNLCK):
        raise error(errno.EINVAL)
    mode = control(fd, F_GETFL, 0) & os.O_ACCMODE
    wrong = {F_RDLCK: os.O_WRONLY, F_WRLCK: os.O_RDONLY}.get(kind)
    if mode == wrong:
        raise error(errno.EBADF)


def _lockf(fd: int, command: int, length: int, /) -> None:
    """Apply, test or remove a POSIX lock on an open file descriptor: within the program it is always free."""
    if not 0 <= c_int(command) <= F_TEST:
        raise error(errno.EINVAL)
    operator.index(length)
    lock_record(c_int(fd), F_UNLCK if command in (F_ULOCK, F_TEST) else F_WRLCK)


def request(fd: int, code: int, argument: bytes) -> bytes:
    """ioctl(2) with memory; what is there afterwards. `ENOTTY`: the descriptor knows no such request."""
    if code in (FIOCLEX, FIONCLEX):
        os.set_inheritable(fd, code == FIONCLEX)
        return argument
    if code == TIOCGWINSZ:
        check_terminal(fd)
        return _put(_WINDOW.pack(*reversed(UNKNOWN), 0, 0), argument)
    if not is_ours(fd):
        os.fstat(fd)
        raise error(errno.ENOTTY)
    if code == FIONBIO:
        _wasocket.set_blocking(fd, not any(argument[: _INT.size]))
        return argument
    if code == FIONREAD and _wasocket.file_type(fd) == "socket":
        return _put(_INT.pack(_readable(fd)), argument)
    raise error(errno.ENOTTY)


def needs_memory(code: int) -> bool:
    """Whether a request cannot do with a number."""
    return code in (FIONBIO, FIONREAD, TIOCGWINSZ)


def _put(answer: bytes, argument: bytes) -> bytes:
    """The memory with an answer at its beginning. Natively, more is written than there is room for."""
    return answer[: len(argument)] + argument[len(answer) :]


def _readable(fd: int) -> int:
    """How many bytes can be received at once."""
    module = _wasocket.socket_module
    with_own = module.socket(*_wasocket.describe_fd(fd), fileno=_wasocket.dup_fd(fd))
    try:
        return len(with_own.recv(COUNTED, module.MSG_PEEK | module.MSG_DONTWAIT))
    except BlockingIOError:
        return 0
    finally:
        with_own.close()


def _duplicate(fd: int, lowest: int, inheritable: bool) -> int:
    """A duplicate with the lowest free number that is not lower. Where files are the C library's alone: `ENOTSUP` for them."""
    if lowest < 0 or lowest >= descriptors.FIRST + descriptors.LIMIT:
        raise error(errno.EINVAL)
    if not _wasocket.HOLDS_FILES:
        if not is_ours(fd):
            os.fstat(fd)
            raise error(errno.ENOTSUP)
        lowest = max(lowest, descriptors.FIRST)
    duplicate = _wasocket.dup_fd_from(fd, lowest)
    _wasocket.set_inheritable(duplicate, inheritable)
    return duplicate


def _get_descriptor_flags(fd: int, _: int) -> int:
    return 0 if _wasocket.get_inheritable(fd) else FD_CLOEXEC


def _set_descriptor_flags(fd: int, flags: int) -> int:
    _wasocket.set_inheritable(fd, not flags & FD_CLOEXEC)
    return 0


def _get_status_flags(fd: int, _: int) -> int:
    return _access_mode(fd) | (0 if _wasocket.get_blocking(fd) else os.O_NONBLOCK)


def _set_status_flags(fd: int, flags: int) -> int:
    _wasocket.set_blocking(fd, not flags & os.O_NONBLOCK)
    return 0


def _access_mode(fd: int) -> int:
    """Pipes and standard streams have one direction, all others have both."""
    if _wasocket.file_type(fd) not in ("pipe", "terminal"):
        return os.O_RDWR
    reads = _can(_wasocket.read_fd, fd, 0)
    if reads and _can(_wasocket.write_fd, fd, b""):
        return os.O_RDWR
    return os.O_RDONLY if reads else os.O_WRONLY


def _can(call: Callable[..., Any], *arguments: Any) -> bool:
    try:
        call(*arguments)
    except OSError as failure:
        return failure.errno != errno.EBADF
    return True


_OURS: dict[int, Callable[[int, int], int]] = {
    F_GETFD: _get_descriptor_flags,
    F_SETFD: _set_descriptor_flags,
    F_GETFL: _get_status_flags,
    F_SETFL: _set_status_flags,
}
ADDED: dict[str, Any] = {"lockf": _lockf}
