"""`open()` on our descriptors and paths: files in Python over the functions of `os`, buffered by `io` as any other."""

from __future__ import annotations

import builtins
import functools
import io
import operator
from typing import Any

from . import descriptors, paths


def install() -> None:
    """Make `open()` and `io.open()` take our descriptors, and find our paths."""
    import _io

    if _io.open is not builtins.open:
        return
    opened = descriptors.wrapped(paths.wrapped(_io.open, _open_path), _open, "file")
    _io.open = io.open = builtins.open = opened


def _open_path(file: Any, *arguments: Any, **keywords: Any) -> Any:
    """`open()` of a path that WASI does not find, or `NotImplemented`."""
    if keywords.get("opener") is not None or any(arguments[6:]):
        return NotImplemented
    return _open(file, *arguments, **keywords) if paths.is_file(file) else NotImplemented


def _open(
    file: Any,
    mode: str = "r",
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,
    opener: Any = None,
) -> Any:
    """A file object for a descriptor or a path of ours; the arguments are checked as `io.open()` does."""
    binary = "b" in mode
    _check(mode, binary, buffering, encoding, errors, newline)
    raw = _raw_class()(file, mode.replace("b", "").replace("t", ""), closefd)
    result = raw
    try:
        if buffering == 0:
            return result
        result = buffered = _buffer_class(mode)(raw, buffering if buffering > 1 else io.DEFAULT_BUFFER_SIZE)
        if not binary:
            result = io.TextIOWrapper(buffered, encoding, errors, newline, line_buffering=buffering == 1)
            result.mode = mode
        return result
    except BaseException:
        result.close()
        raise


@functools.cache
def _raw_class() -> Any:
    import _pyio  # large, and few programs do this

    class FileIO(_pyio.FileIO):
        # Not by bytecode: a buffered file takes whatever a handler of signals raised there for a file that is closed.
        closed = property(operator.attrgetter("_IOBase__closed"))

    FileIO.__module__, FileIO.__qualname__ = _pyio.__name__, "FileIO"
    return FileIO


def _check(mode: str, binary: bool, buffering: int, *text_arguments: str | None) -> None:
    if set(mode) - set("axrwb+t") or len(mode) > len(set(mode)):
        raise ValueError(f"invalid mode: {mode!r}")
    if binary and "t" in mode:
        raise ValueError("can't have text and binary mode at once")
    for name, argument in zip(("encoding", "errors", "newline"), text_arguments):
        if binary and argument is not None:
            raise ValueError(f"binary mode doesn't take {'an' if name[0] == 'e' else 'a'} {name} argument")
    if len(set(mode) & set("axrw")) != 1:
        raise ValueError("must have exactly one of create/read/write/append mode")
    if not binary and buffering == 0:
        raise ValueError("can't have unbuffered text I/O")


def _buffer_class(mode: str) -> type:
    if "+" in mode:
        return io.BufferedRandom
    return io.BufferedReader if "r" in mode else io.BufferedWriter
