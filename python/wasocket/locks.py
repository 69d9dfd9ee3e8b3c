"""Locks on files. They hold within the program: WASI has none that other programs would see.

A lock of flock(2) belongs to an open file. Which one that is, is known by its descriptor, and by the file object if the
program gave one. A record lock belongs to the process, so one never excludes another of the same program.
"""

from __future__ import annotations

import errno
import functools
import io
import os
import weakref
from collections.abc import Callable
from typing import Any

from . import descriptors
from .error_numbers import error

#: Operations of flock(2).
LOCK_SH, LOCK_EX, LOCK_NB, LOCK_UN = 1, 2, 4, 8

#: A file: the device and the number on it.
File = tuple[int, int]


class _Lock:
    """What one descriptor holds."""

    def __init__(self, operation: int, given: Any) -> None:
        self.operation = operation
        self._object = weakref.ref(given) if isinstance(given, io.IOBase) else None

    def is_held(self, fd: int, file: File) -> bool:
        """Whether the file that took it is still open."""
        if self._object is not None:
            given = self._object()
            if given is None or given.closed:
                return False
        try:
            return _file_of(fd) == file
        except OSError:
            return False


_held: dict[File, dict[int, _Lock]] = {}


def lock_file(fd: int, given: Any, operation: int) -> None:
    """flock(2) on the descriptor of what the program gave. `EDEADLK`: it would wait for itself."""
    file, kind = _file_of(fd), operation & ~LOCK_NB
    if kind not in (LOCK_SH, LOCK_EX, LOCK_UN):
        raise error(errno.EINVAL)
    if fd >= descriptors.FIRST:
        return  # nothing else opens the same socket or pipe
    locks = {holder: lock for holder, lock in _held.pop(file, {}).items() if lock.is_held(holder, file)}
    own = locks.pop(fd, None)
    try:
        if kind == LOCK_UN:
            return
        if any(LOCK_EX in (kind, lock.operation) for lock in locks.values()):
            raise error(errno.EAGAIN if operation & LOCK_NB else errno.EDEADLK)
        own = None
        locks[fd] = _Lock(kind, given)
        if isinstance(given, int):
            _watch_close()
    finally:
        if own is not None and own.operation == kind:
            locks[fd] = own
        if locks:
            _held[file] = locks


def _file_of(fd: int) -> File:
    status = os.fstat(fd)
    return status.st_dev, status.st_ino


@functools.cache
def _watch_close() -> None:
    """Have `os.close()` end the locks of a descriptor that the program has as a number alone."""
    os.close = _forgetting(os.close)


def _forgetting(close: Callable[[int], None]) -> Callable[[int], None]:
    @functools.wraps(close)
    def closing(fd: int) -> None:
        close(fd)
        for locks in _held.values():
            locks.pop(fd, None)

    return closing
