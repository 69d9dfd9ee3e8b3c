"""Standard streams as native Python makes them at start-up.

The ones in the component's snapshot are unbuffered and were made before the
program's terminal or pipes were known.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any, TextIO


def open_standard_streams() -> None:
    """Make `sys.stdin`, `sys.stdout` and `sys.stderr` anew."""
    unbuffered = bool(os.environ.get("PYTHONUNBUFFERED"))
    sys.stdin = sys.__stdin__ = _reader(0)
    sys.stdout = sys.__stdout__ = _writer(1, "<stdout>", "strict", unbuffered)
    sys.stderr = sys.__stderr__ = _writer(2, "<stderr>", "backslashreplace", unbuffered)


def flush_standard_streams(report: bool = True) -> bool:
    """Flush stdout and stderr; whether stdout took everything.

    If asked to, reports a reader that has gone away as native Python does at exit.
    """
    complete = _flush(sys.stdout, report)
    _flush(sys.stderr, report=False)
    return complete


def _reader(descriptor: int) -> TextIO:
    raw = io.FileIO(descriptor, "rb", closefd=False)
    _rename(raw, "<stdin>")
    stream = io.TextIOWrapper(io.BufferedReader(raw), encoding="utf-8", errors="strict")
    stream.mode = "r"  # type: ignore[misc]  # native Python sets it the same way
    return stream


def _writer(descriptor: int, name: str, errors: str, unbuffered: bool) -> TextIO:
    raw = io.FileIO(descriptor, "wb", closefd=False)
    _rename(raw, name)
    stream = io.TextIOWrapper(
        raw if unbuffered else io.BufferedWriter(raw),
        encoding="utf-8",
        errors=errors,
        newline="\n",
        line_buffering=not unbuffered and (descriptor == 2 or raw.isatty()),
        write_through=unbuffered,
    )
    stream.mode = "w"  # type: ignore[misc]
    return stream


def _rename(raw: io.FileIO, name: str) -> None:
    """Show the stream by its name instead of its descriptor."""
    raw.name = name  # type: ignore[misc]


def _flush(stream: TextIO | None, report: bool) -> bool:
    if stream is None or getattr(stream, "closed", False):
        return True
    try:
        stream.flush()
    except BaseException as error:
        if report:
            _report(error)
        return False
    return True


def _report(error: BaseException) -> None:
    """Say what `sys.unraisablehook` says; only the interpreter itself can make the hook's argument."""
    if sys.stderr is not None:
        print(f"Exception ignored while flushing sys.stdout:\n{type(error).__name__}: {error}", file=sys.stderr)
