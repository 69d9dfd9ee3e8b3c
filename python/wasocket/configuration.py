"""`os.sysconf()` with true values where WASI's C library has those of a system with processes, or nonsense."""

from __future__ import annotations

import functools
import os
from typing import Any

from . import descriptors

#: What memory can be addressed, in pages of WebAssembly.
PAGES = (1 << 32) // (64 << 10)
#: What stands for no limit that is known, and for what there is not.
NONE = -1
VALUES = {
    "SC_AVPHYS_PAGES": NONE,
    "SC_CHILD_MAX": 0,
    "SC_OPEN_MAX": descriptors.FIRST + descriptors.LIMIT,
    "SC_PHYS_PAGES": PAGES,
    "SC_SEMAPHORES": NONE,
    "SC_SEM_NSEMS_MAX": 0,
    "SC_SHARED_MEMORY_OBJECTS": NONE,
}

_sysconf = os.sysconf


def install() -> None:
    """Wrap `os.sysconf()`."""
    if os.sysconf is _sysconf:
        os.sysconf = sysconf


@functools.wraps(_sysconf)
def sysconf(name: Any, /) -> int:
    """`os.sysconf()`."""
    numbers = _numbers()
    number = name if isinstance(name, int) else os.sysconf_names.get(name)
    return numbers[number] if number in numbers else _sysconf(name)


@functools.cache
def _numbers() -> dict[int, int]:
    """The values by the numbers that the C library has for the names."""
    return {os.sysconf_names[name]: value for name, value in VALUES.items() if name in os.sysconf_names}
