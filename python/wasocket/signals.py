"""Signals that the program sends to itself: no other arrives in a component.

They are delivered as natively: the wakeup descriptor is told, and a handler runs; what is blocked is pending until it
is unblocked; and a signal whose action is the default one ends the program, with the status that a shell shows.
"""

from __future__ import annotations

import _signal
import _thread
import errno
import importlib
import operator
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

import _wasocket

from . import descriptors
from .arguments import c_int
from .error_numbers import error

#: What stands for no descriptor.
NONE = -1
#: Added to the number of a signal, the status of the program that it ended.
ENDED = 128
#: Those that the C library of Linux keeps to itself.
RESERVED = frozenset({32, 33})
#: Those whose default action is to do nothing, or to stop the process.
IGNORED = frozenset({_signal.SIGCHLD, _signal.SIGCONT, _signal.SIGURG, _signal.SIGWINCH})
STOPPING = frozenset({_signal.SIGSTOP, _signal.SIGTSTP, _signal.SIGTTIN, _signal.SIGTTOU})
#: Those that cannot be caught, blocked or ignored.
ALWAYS = frozenset({_signal.SIGKILL, _signal.SIGSTOP})
#: Ways to change the set of blocked signals.
SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK = range(3)
#: The first of those without a name.
SIGRTMIN = 34
#: Linux's words where WASI's C library has others.
WORDS = {_signal.SIGFPE: "Floating point exception", _signal.SIGCHLD: "Child exited"}

_raise_signal = _signal.raise_signal
_set_wakeup_fd = _signal.set_wakeup_fd
_strsignal = _signal.strsignal
_blocked: set[int] = set()
_pending: set[int] = set()
_wakeup, _warn = NONE, True


def install() -> None:
    """Add what `_signal` lacks, of which `signal` makes its own."""
    if _signal.raise_signal is not _raise_signal:
        return
    for name, function in _OURS.items():
        function.__name__ = function.__qualname__ = name
        function.__module__ = "signal"
        setattr(_signal, name, function)
    _signal.set_wakeup_fd = _wakeup_function()
    for name, value in _CONSTANTS.items():
        if not hasattr(_signal, name):
            setattr(_signal, name, value)
    for number in (_signal.SIGPIPE, _signal.SIGXFSZ):
        _signal.signal(number, _signal.SIG_IGN)  # as native Python does at its start
    if "signal" in sys.modules:
        importlib.reload(sys.modules["signal"])


def send(number: int) -> None:
    """Send a signal to this process; 0 is none. `EINVAL`: there is no such signal."""
    if not 0 <= number < _signal.NSIG:
        raise error(errno.EINVAL)
    if number in _blocked:
        _pending.add(number)
    elif number:
        _deliver(number)


def _deliver(number: int) -> None:
    handler = _signal.getsignal(number)
    if callable(handler):
        _wake(number)
        _raise_signal(number)
    elif handler != _signal.SIG_IGN and number not in IGNORED:
        if number in STOPPING:
            raise OSError(errno.ENOTSUP, "nobody could continue a stopped program in a component")
        os._exit(ENDED + number)


def _wake(number: int) -> None:
    """Write the signal's number to the wakeup descriptor, if that is one of ours."""
    if _wakeup == NONE:
        return
    try:
        _wasocket.write_fd(_wakeup, bytes([number]))
    except OSError as failure:
        if (_warn or failure.errno != errno.EAGAIN) and sys.stderr is not None:
            reason = f"{type(failure).__name__}: {failure}"
            print(f"Exception ignored while trying to write to the signal wakeup fd:\n{reason}", file=sys.stderr)


def _raise_signal_function(signalnum: int, /) -> None:
    """Send a signal to the executing process."""
    send(c_int(signalnum))


def _pthread_kill(thread_id: int, signalnum: int, /) -> None:
    """Send a signal to a thread: there is one."""
    number = c_int(signalnum)
    sys.audit("signal.pthread_kill", thread_id, number)
    if thread_id != _thread.get_ident():
        raise error(errno.ESRCH)
    send(number)


def _pthread_sigmask(how: int, mask: Iterable[int], /) -> set[int]:
    """Fetch and/or change the signal mask of the calling thread."""
    change, numbers, previous = c_int(how), _signals_of(mask), set(_blocked)
    if change == SIG_BLOCK:
        _blocked.update(numbers)
    elif change == SIG_UNBLOCK:
        _blocked.difference_update(numbers)
    elif change == SIG_SETMASK:
        _blocked.clear()
        _blocked.update(numbers)
    else:
        raise error(errno.EINVAL)
    for number in sorted(_pending - _blocked):
        _pending.discard(number)
        _deliver(number)
    return previous


def _signals_of(mask: Iterable[int]) -> set[int]:
    """The signals of a set that can be blocked."""
    numbers = set()
    for item in mask:
        number = operator.index(item)
        if not 0 < number < _signal.NSIG:
            raise ValueError(f"signal number {number} out of range [1; {_signal.NSIG - 1}]")
        numbers.add(number)
    return numbers - ALWAYS - RESERVED


def _sigpending() -> set[int]:
    """Examine pending signals."""
    return set(_pending)


def _valid_signals() -> set[int]:
    """Return a set of valid signal numbers on this platform."""
    return set(range(1, _signal.NSIG)) - RESERVED


def _siginterrupt(signalnum: int, flag: int, /) -> None:
    """Change system call restart behaviour: no call of a component is interrupted."""
    number = c_int(signalnum)
    c_int(flag)
    if not 0 < number < _signal.NSIG:
        raise ValueError("signal number out of range")
    if number in ALWAYS:
        raise error(errno.EINVAL)


def _strsignal_function(signalnum: int, /) -> str | None:
    """Return the system description of the given signal."""
    words = _strsignal(signalnum)
    if signalnum in RESERVED:
        return None
    return f"Real-time signal {signalnum - SIGRTMIN}" if signalnum >= SIGRTMIN else WORDS.get(signalnum, words)


def _wakeup_function() -> Callable[..., int]:
    """`signal.set_wakeup_fd()` for our descriptors as well."""

    def of_files(fd: int, *, warn_on_full_buffer: bool = True) -> int:
        global _wakeup
        previous, ours = _set_wakeup_fd(fd, warn_on_full_buffer=warn_on_full_buffer), _wakeup
        _wakeup = NONE
        return previous if ours == NONE else ours

    def of_ours(fd: int, *, warn_on_full_buffer: bool = True) -> int:
        global _wakeup, _warn
        if _wasocket.get_blocking(fd):
            raise ValueError(f"the fd {fd} must be in non-blocking mode")
        previous = of_files(NONE)
        _wakeup, _warn = fd, warn_on_full_buffer
        return previous

    of_files.__name__ = _set_wakeup_fd.__name__
    of_files.__doc__ = _set_wakeup_fd.__doc__
    return descriptors.wrapped(of_files, of_ours, keyword="")


_OURS: dict[str, Callable[..., Any]] = {
    "pthread_kill": _pthread_kill,
    "pthread_sigmask": _pthread_sigmask,
    "raise_signal": _raise_signal_function,
    "siginterrupt": _siginterrupt,
    "sigpending": _sigpending,
    "strsignal": _strsignal_function,
    "valid_signals": _valid_signals,
}
#: Linux's numbers.
_CONSTANTS = {
    "SIGCLD": _signal.SIGCHLD,
    "SIGRTMAX": 64,
    "SIGRTMIN": SIGRTMIN,
    "SIG_BLOCK": SIG_BLOCK,
    "SIG_SETMASK": SIG_SETMASK,
    "SIG_UNBLOCK": SIG_UNBLOCK,
}
