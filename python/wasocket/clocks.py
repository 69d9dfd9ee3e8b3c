"""Functions of `time` that WASI's C library lacks."""

from __future__ import annotations

import errno
import functools
import time
from typing import Any

from .error_numbers import error

_get_clock_info = time.get_clock_info


def install() -> None:
    """Add them."""
    for name, function in _ADDED.items():
        if not hasattr(time, name):
            function.__name__ = function.__qualname__ = name
            function.__module__ = time.__name__
            setattr(time, name, function)
            time.get_clock_info = get_clock_info


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


@functools.wraps(_get_clock_info)
def get_clock_info(name: str, /) -> Any:
    """`time.get_clock_info()`, of which the clock of the thread is that of the process."""
    return _get_clock_info("process_time" if name == "thread_time" else name)


_ADDED: dict[str, Any] = {
    "clock_settime": _clock_settime,
    "clock_settime_ns": _clock_settime,
    "thread_time": _thread_time,
    "thread_time_ns": _thread_time_ns,
}
