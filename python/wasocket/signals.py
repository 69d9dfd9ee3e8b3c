"""`signal.set_wakeup_fd()` for our descriptors. No signal arrives in a component; what is set is kept and given back."""

from __future__ import annotations

from types import ModuleType

import _wasocket

from . import descriptors

#: What stands for no descriptor.
NONE = -1


def patch_signal(signal: ModuleType) -> None:
    """Let `signal.set_wakeup_fd()` take sockets and pipes."""
    if not hasattr(signal, "set_wakeup_fd"):
        return
    original = signal.set_wakeup_fd
    kept = NONE

    def of_files(fd: int, *, warn_on_full_buffer: bool = True) -> int:
        nonlocal kept
        previous, ours = original(fd, warn_on_full_buffer=warn_on_full_buffer), kept
        kept = NONE
        return previous if ours == NONE else ours

    def of_ours(fd: int, *, warn_on_full_buffer: bool = True) -> int:
        nonlocal kept
        if _wasocket.get_blocking(fd):
            raise ValueError(f"the fd {fd} must be in non-blocking mode")
        previous = of_files(NONE)
        kept = fd
        return previous

    of_files.__name__ = original.__name__
    of_files.__doc__ = original.__doc__
    signal.set_wakeup_fd = descriptors.wrapped(of_files, of_ours, keyword="")
