"""The machine as a component sees it: one processor, no priorities, and devices' numbers as Linux writes them."""

from __future__ import annotations

import errno
import operator
import os
from collections.abc import Iterable
from typing import Any

from .arguments import c_int
from .buffers import octets
from .error_numbers import error
from .processes import is_own

#: The number of the processor.
PROCESSOR = 0
#: Whose priority is meant.
PRIO_PROCESS, PRIO_PGRP, PRIO_USER = range(3)
#: The number of no device.
NO_DEVICE = -1
#: The most and the least favourable priority.
MOST, LEAST = -20, 19

_nice = 0


def _sched_getaffinity(pid: int, /) -> set[int]:
    """Return the affinity of the process identified by pid (or the current process if zero)."""
    _check_own(c_int(pid))
    return {PROCESSOR}


def _sched_setaffinity(pid: int, mask: Iterable[int], /) -> None:
    """Set the CPU affinity of the process identified by pid to mask, which has to have the one processor."""
    process, processors = c_int(pid), [c_int(number) for number in mask]
    if any(number < 0 for number in processors):
        raise ValueError("negative CPU number")
    _check_own(process)
    if PROCESSOR not in processors:
        raise error(errno.EINVAL)


def _check_own(pid: int) -> None:
    if not is_own(pid):
        raise error(errno.ESRCH if pid > 0 else errno.EINVAL)


def _check_target(which: int, who: int) -> None:
    """Refuse what is not this process, its group or its user."""
    if which not in (PRIO_PROCESS, PRIO_PGRP, PRIO_USER):
        raise error(errno.EINVAL)
    if who != 0 and (which == PRIO_USER or not is_own(who)):
        raise error(errno.ESRCH)


def _getpriority(which: int, who: int) -> int:
    """Return program scheduling priority."""
    _check_target(c_int(which), c_int(who))
    return _nice


def _setpriority(which: int, who: int, priority: int) -> None:
    """Set program scheduling priority. It is kept: the process has nobody to yield to."""
    global _nice
    wanted = min(max(c_int(priority), MOST), LEAST)
    _check_target(c_int(which), c_int(who))
    if wanted < _nice:
        raise error(errno.EACCES)
    _nice = wanted


def _nice_function(increment: int, /) -> int:
    """Add increment to the priority of process and return the new priority. It is kept, as `os.setpriority()` does."""
    global _nice
    wanted = min(max(_nice + c_int(increment), MOST), LEAST)
    if wanted < _nice:
        raise error(errno.EPERM)
    _nice = wanted
    return _nice


def _getloadavg() -> tuple[float, float, float]:
    """Return average recent system load information: WASI does not have any."""
    raise OSError("Load averages are unobtainable")


def _getrandom(size: int, flags: int = 0) -> bytes:
    """Obtain a series of random bytes."""
    length = c_int(size)
    if length < 0 or c_int(flags) & ~(GRND_NONBLOCK | GRND_RANDOM):
        raise error(errno.EINVAL)
    return os.urandom(length)


def _sync() -> None:
    """Force write of everything to disk: what is written is the host's at once."""


def _preadv(fd: int, buffers: Any, offset: int, flags: int = 0, /) -> int:
    """Reads from a file descriptor into a number of mutable bytes-like objects."""
    _check_flags(flags)
    done = 0
    for buffer in buffers:
        with memoryview(buffer) as given, octets(given) as view:
            data = os.pread(fd, len(view), offset + done)
            view[: len(data)] = data
            done += len(data)
            if len(data) < len(view):
                break
    return done


def _pwritev(fd: int, buffers: Any, offset: int, flags: int = 0, /) -> int:
    """Writes the contents of bytes-like objects to a file descriptor at a given offset."""
    _check_flags(flags)
    return os.pwrite(fd, b"".join(buffers), offset)


def _check_flags(flags: int) -> None:
    if c_int(flags):
        raise error(errno.ENOTSUP)


def _major(device: int, /) -> int:
    """Extracts a device major number from a raw device number."""
    number = _unsigned(device, 64)
    return NO_DEVICE if number == NO_DEVICE else number >> 8 & 0xFFF | number >> 32 & 0xFFFF_F000


def _minor(device: int, /) -> int:
    """Extracts a device minor number from a raw device number."""
    number = _unsigned(device, 64)
    return NO_DEVICE if number == NO_DEVICE else number & 0xFF | number >> 12 & 0xFFFF_FF00


def _makedev(major: int, minor: int, /) -> int:
    """Composes a raw device number from the major and minor device numbers."""
    first, second = _unsigned(major, 32), _unsigned(minor, 32)
    if first == second == NO_DEVICE:
        return NO_DEVICE
    return (first & 0xFFF) << 8 | (first & 0xFFFF_F000) << 32 | second & 0xFF | (second & 0xFFFF_FF00) << 12


def _unsigned(value: int, bits: int) -> int:
    """An unsigned number of so many bits, or what stands for no device."""
    number = operator.index(value)
    if number < NO_DEVICE:
        raise OverflowError("can't convert negative int to unsigned")
    if number >> bits > 0:
        raise OverflowError("Python int too large to convert to C unsigned int")
    return number


#: Flags of `os.getrandom()`.
GRND_NONBLOCK, GRND_RANDOM = 1, 2
ADDED: dict[str, Any] = {
    "GRND_NONBLOCK": GRND_NONBLOCK,
    "GRND_RANDOM": GRND_RANDOM,
    "PRIO_PGRP": PRIO_PGRP,
    "PRIO_PROCESS": PRIO_PROCESS,
    "PRIO_USER": PRIO_USER,
    "getloadavg": _getloadavg,
    "getpriority": _getpriority,
    "getrandom": _getrandom,
    "major": _major,
    "makedev": _makedev,
    "minor": _minor,
    "nice": _nice_function,
    "preadv": _preadv,
    "pwritev": _pwritev,
    "sched_getaffinity": _sched_getaffinity,
    "sched_setaffinity": _sched_setaffinity,
    "setpriority": _setpriority,
    "sync": _sync,
}
