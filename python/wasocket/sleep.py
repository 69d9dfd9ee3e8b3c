"""`time.sleep()`: sends the bytes that sockets hold back, before it sleeps."""

from __future__ import annotations

import functools
import time

import _wasocket

_sleep = time.sleep


def install() -> None:
    """Wrap `time.sleep()`."""
    time.sleep = sleep


@functools.wraps(_sleep)
def sleep(seconds: float, /) -> None:
    """`time.sleep()`."""
    _wasocket.flush()
    _sleep(seconds)


def restart_process_time() -> None:
    """Make `time.process_time()` count from now: its start is in the component's snapshot, long ago."""
    start = time.process_time_ns()
    process_time_ns = time.process_time_ns

    def since_start_ns() -> int:
        return process_time_ns() - start

    def since_start() -> float:
        return (process_time_ns() - start) / 1e9

    time.process_time_ns = functools.wraps(time.process_time_ns)(since_start_ns)
    time.process_time = functools.wraps(time.process_time)(since_start)
