"""Functions of `os`, `signal`, `time` and `threading` that WASI's C library lacks, and that have a true answer in a component.

It is one process, of one user, with one processor and without a terminal's modes.

What has no true answer stays absent; docs/compatibility.md says why.
"""

from __future__ import annotations

import _thread
import os
from types import ModuleType
from typing import Any

from . import clocks, configuration, control, file_attributes, identity, machine, processes, signals, terminals


def install() -> None:
    """Add what is missing."""
    import posix

    for part in (identity, processes, machine, terminals, file_attributes, control):
        for name, value in part.ADDED.items():
            if not hasattr(os, name):
                _add(name, value, posix)
    for function in (identity.chown, *file_attributes.OF_DESCRIPTORS):
        if getattr(os, function.__name__) is function:
            os.supports_fd.add(function)
            os.supports_follow_symlinks.add(function)
    if not hasattr(_thread, "get_native_id"):
        get_native_id = processes.get_native_id
        get_native_id.__module__ = _thread.__name__
        _thread.get_native_id = get_native_id  # `threading` looks for it when it is imported
    clocks.install()
    configuration.install()
    signals.install()


def _add(name: str, value: Any, posix: ModuleType) -> None:
    """Put it where `os` has its own from."""
    if callable(value):
        value.__name__ = value.__qualname__ = name
        value.__module__ = posix.__name__
    setattr(posix, name, value)
    setattr(os, name, value)
    os.__all__.append(name)
