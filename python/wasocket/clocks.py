"""Functions of `time` that WASI's C library lacks."""

from __future__ import annotations

import errno
import time
from typing import Any

from .processes import error


def install() -> None:
    """Add them."""
    for name, function in _ADDED.items():
        if not hasattr(time, name):
            function.__name__ = function.__qualname__ = name
            function.__module__ = time.__name__
            setattr(time, name, function)


def _clock_settime(clk_id: int, seconds: float, /) -> None:
    """Set the time of the specified clock: it is the host's."""
    time.clock_gettime(clk_id)
    raise error(errno.EPERM if clk_id == time.CLOCK_REALTIME else errno.EINVAL)


def _thread_time() -> float:
    """Thread time for profiling: that of the process, which has one thread."""
    return time.process_time()


def _thread_time_ns() -> int:
    """Thread time for profiling, in nanoseconds: that of the process, which has one thread."""
    return time.process_time_ns()


def _tzset() -> None:
    """Initialize, or reinitialize, the local timezone: it is UTC, since there is no data of any other."""


_ADDED: dict[str, Any] = {
    "clock_settime": _clock_settime,
    "clock_settime_ns": _clock_settime,
    "thread_time": _thread_time,
    "thread_time_ns": _thread_time_ns,
    "tzset": _tzset,
}
