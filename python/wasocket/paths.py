"""Paths that no opened folder holds: devices below `/dev`, the folders above those that a program was given, and the
files that its `AF_UNIX` sockets make.

WASI shows a program the folders that it was given and nothing else. Programs count on `/dev/null`, and on walking down
from `/`; so where WASI finds no such file, we look among these.
"""

from __future__ import annotations

import errno
import functools
import os
import posixpath
import stat
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import _wasocket

from . import descriptors
from .error_numbers import error as _error
from .replacing import replace

#: Devices by path.
DEVICES = {
    "/dev/full": "full",
    "/dev/null": "null",
    "/dev/random": "random",
    "/dev/urandom": "random",
    "/dev/zero": "zero",
}
#: Names of standard streams.
STREAMS = {"/dev/stdin": 0, "/dev/stdout": 1, "/dev/stderr": 2}
#: How bytes of a name become text, and the other way round.
_FILE_NAMES = (sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())
#: Folders of which each name is a descriptor's number.
DESCRIPTORS = ("/dev/fd/", "/proc/self/fd/")


def install() -> None:
    """Let the functions that take a path find ours where WASI finds nothing."""
    for name, ours in _OURS.items():
        replace(name, wrapped(getattr(os, name), ours))
    for name in ("remove", "unlink"):
        original = getattr(os, name)
        replace(name, _by_path(original, _unlinking(original), original))
    for name in _OF_FILES:
        replace(name, wrapped(getattr(os, name), _nothing))


def wrapped(original: Callable[..., Any], ours: Callable[..., Any]) -> Callable[..., Any]:
    """A function that calls `original`, and `ours` if there is no such file."""
    return _by_path(original, original, ours)


def _by_path(original: Callable[..., Any], first: Callable[..., Any], second: Callable[..., Any]) -> Callable[..., Any]:
    """A function in the place of `original` that calls the first, and the second if there is no such file."""
    name = original.__name__
    return _wasocket.by_path(first, second, name, descriptors.documentation(original), name == "access")


def _nothing(*_: Any, **__: Any) -> Any:
    """What of ours a function finds that takes no path of ours."""
    return NotImplemented


def is_file(path: Any) -> bool:
    """Whether it names a device or a stream of ours; `IsADirectoryError` if it names a folder of ours."""
    name = _absolute(path)
    if _is_folder(name):
        raise _error(errno.EISDIR, path)
    return name is not None and _is_special(name, path)


def _absolute(path: Any) -> str | None:
    """The path from the root, or nothing if it is none."""
    if isinstance(path, int):
        return None
    try:
        return posixpath.normpath(posixpath.join(os.getcwd(), os.fsdecode(path)))
    except (OSError, TypeError, ValueError):
        return None


def _is_special(path: str, given: Any) -> bool:
    """Whether it names a device or a stream; `NotADirectoryError` if it leads through one."""
    if any(path.startswith(device + "/") for device in (*DEVICES, *STREAMS)):
        raise _error(errno.ENOTDIR, given)
    return path in DEVICES or path in STREAMS or _number(path) is not None


def _number(path: str) -> int | None:
    """The descriptor that a path such as `/dev/fd/3` names."""
    for folder in DESCRIPTORS:
        number = path.removeprefix(folder)
        if number != path and number.isdecimal() and number.isascii() and len(number) < 10:
            return int(number)
    return STREAMS.get(path)


def _is_folder(path: str | None) -> bool:
    """Whether it is `/dev`, or above what the program was given. Programs look for many files that are not there: this is
    to cost little."""
    if path is None or path in ("/", "/dev", "/dev/fd"):
        return path is not None
    return any(folder.startswith(path + "/") for folder in _wasocket.folders())


def _names_in(path: str) -> set[str]:
    """What a folder of ours shows."""
    if path == "/dev/fd":
        return {str(stream) for stream in STREAMS.values() if _wasocket.is_socket_fd(stream)}
    shown = (*DEVICES, *STREAMS, "/dev/fd", *_wasocket.folders())
    above = path.rstrip("/") + "/"
    below = (folder.removeprefix(above) for folder in shown if folder.startswith(above))
    return {name.partition("/")[0] for name in below} - {""}


def _open(path: Any, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> Any:
    name = _absolute(path) if dir_fd is None else None
    if name is None or not _is_special(name, path):
        return NotImplemented
    if flags & getattr(os, "O_DIRECTORY", 0):
        raise _error(errno.ENOTDIR, path)
    if name in DEVICES:
        descriptor = _wasocket.open_device(DEVICES[name])
    else:
        descriptor = _duplicate(name, path)
    if flags & os.O_NONBLOCK:
        _wasocket.set_blocking(descriptor, False)
    return descriptor


def _unlinking(original: Callable[..., Any]) -> Callable[..., Any]:
    """A function that removes the file of a socket, and finds no other."""

    @functools.wraps(original)
    def unlink(path: Any, *, dir_fd: int | None = None) -> None:
        name = _absolute(path) if dir_fd is None else None
        if name is None:
            raise FileNotFoundError
        _wasocket.unlink_socket_file(name.encode(*_FILE_NAMES))
        try:
            original(path)
        except FileNotFoundError:
            pass  # the name was the program's own

    return unlink


def _duplicate(name: str, path: Any) -> int:
    number = _number(name)
    try:
        os.fstat(-1 if number is None else number)
    except OSError:
        raise _error(errno.ENOENT, path) from None
    try:
        return os.dup(number)
    except OSError as error:
        raise _error(error.errno, path) from None


def _stat(path: Any, *, dir_fd: int | None = None, follow_symlinks: bool = True) -> Any:
    name = _absolute(path) if dir_fd is None else None
    if name is None:
        return NotImplemented
    if _is_special(name, path) and name in DEVICES:
        return _status(name, stat.S_IFCHR | 0o666)
    number = _number(name)
    if number is not None:
        try:
            return os.fstat(number)
        except OSError:
            return NotImplemented
    if _wasocket.is_socket_file(name.encode(*_FILE_NAMES)):
        return _status(name, stat.S_IFSOCK | 0o755)
    return _status(name, stat.S_IFDIR | 0o555) if _is_folder(name) else NotImplemented


def _lstat(path: Any, *, dir_fd: int | None = None) -> Any:
    return _stat(path, dir_fd=dir_fd)


def _status(name: str, mode: int) -> os.stat_result:
    return os.stat_result((mode, zlib.crc32(name.encode()), 0, 1, 0, 0, 0, 0, 0, 0))


def _access(
    path: Any, mode: int, *, dir_fd: int | None = None, effective_ids: bool = False, follow_symlinks: bool = True
) -> Any:
    status = _stat(path, dir_fd=dir_fd)
    if status is NotImplemented:
        return NotImplemented
    return not mode & ~(status.st_mode >> 6)


def _listdir(path: Any = None) -> Any:
    name = _absolute("." if path is None else path)
    if name is None or not _is_folder(name):
        return NotImplemented
    names = sorted(_names_in(name))
    return [os.fsencode(entry) for entry in names] if isinstance(path, (bytes, bytearray)) else names


class _Entries:
    """What `os.scandir()` yields of a folder."""

    def __init__(self, entries: list[_Entry]) -> None:
        self._entries = iter(entries)

    def __iter__(self) -> Iterator[_Entry]:
        return self

    def __next__(self) -> _Entry:
        return next(self._entries)

    def __enter__(self) -> _Entries:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._entries = iter(())


class _Entry:
    """What `os.DirEntry` says of a file; that class cannot be made."""

    def __init__(self, folder: Any, name: Any) -> None:
        self.name = name
        self.path = os.path.join(folder, name)

    def __fspath__(self) -> Any:
        return self.path

    def __repr__(self) -> str:
        return f"<DirEntry {self.name!r}>"

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        return os.stat(self.path, follow_symlinks=follow_symlinks)

    def inode(self) -> int:
        return self.stat().st_ino

    def is_dir(self, *, follow_symlinks: bool = True) -> bool:
        return os.path.isdir(self.path)

    def is_file(self, *, follow_symlinks: bool = True) -> bool:
        return os.path.isfile(self.path)

    def is_symlink(self) -> bool:
        return False

    def is_junction(self) -> bool:
        return False


def _scandir(path: Any = None) -> Any:
    names = _listdir(path)
    if names is NotImplemented:
        return NotImplemented
    folder = "." if path is None else os.fspath(path)
    return _Entries([_Entry(folder, name) for name in names])


#: Those of which we have nothing, but for which an empty path is to name nothing, too.
_OF_FILES = "chdir chmod link mkdir readlink rename replace rmdir truncate utime".split()
_OURS: dict[str, Callable[..., Any]] = {
    "access": _access,
    "listdir": _listdir,
    "lstat": _lstat,
    "open": _open,
    "scandir": _scandir,
    "stat": _stat,
}
