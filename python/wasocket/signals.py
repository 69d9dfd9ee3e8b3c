"""Signals: those that the program sends to itself, and where there is a host that passes them on, those from outside.

They are delivered as natively: the wakeup descriptor is told, and a handler runs; what is blocked is pending until it
is unblocked; and a signal whose action is the default one ends the program, with the status that a shell shows.
"""

from __future__ import annotations

import _signal
import _thread
import errno
import importlib
import math
import operator
import os
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

import _wasocket

from . import descriptors, struct_sequence
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

#: What the host is told of a signal: `_wasocket.set_signal_disposition()`.
DEFAULT, IGNORE, CATCH, INTERRUPT, END = range(5)
#: Clocks of timers: only the first one is there.
ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF = range(3)
SECOND = 1_000_000_000
#: The longest time of a timer that is still a number of nanoseconds, in seconds.
LONGEST = (1 << 63) // SECOND

_raise_signal = _signal.raise_signal
_set_handler = _signal.signal
_set_wakeup_fd = _signal.set_wakeup_fd
_strsignal = _signal.strsignal
#: The mask of the main thread, which all signals are for.
_blocked: set[int] = set()
#: Those of other threads.
_masks = _thread._local()


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
    if number:
        _deliver(number)


def _deliver(number: int) -> None:
    handler = _signal.getsignal(number)
    if number in _blocked or callable(handler):
        _wasocket.send_signal(number)
    elif handler != _signal.SIG_IGN and number not in IGNORED:
        if number in STOPPING:
            raise OSError(errno.ENOTSUP, "nobody could continue a stopped program in a component")
        os._exit(ENDED + number)


def _set_handler_function(signalnum: int, handler: Any, /) -> Any:
    """Set the action for the given signal."""
    previous = _set_handler(signalnum, handler)
    _tell(signalnum)
    return previous


def _tell(number: int) -> None:
    """Tell the host what happens when the signal arrives."""
    handler = _signal.getsignal(number)
    if handler is _signal.default_int_handler:
        code = INTERRUPT
    elif callable(handler):
        code = CATCH
    elif handler == _signal.SIG_IGN:
        code = IGNORE
    else:
        code = END if number in _blocked or number == _signal.SIGALRM else DEFAULT
    _wasocket.set_signal_disposition(number, code)


def _raise_signal_function(signalnum: int, /) -> None:
    """Send a signal to the executing process."""
    send(c_int(signalnum))


def _pthread_kill(thread_id: int, signalnum: int, /) -> None:
    """Send a signal to a thread: its handler runs in the main one."""
    number = c_int(signalnum)
    sys.audit("signal.pthread_kill", thread_id, number)
    if thread_id not in sys._current_frames():
        raise error(errno.ESRCH)
    send(number)


def _pthread_sigmask(how: int, mask: Iterable[int], /) -> set[int]:
    """Fetch and/or change the signal mask of the calling thread."""
    change, numbers, blocked = c_int(how), _signals_of(mask), _own_mask()
    previous = set(blocked)
    if change == SIG_BLOCK:
        blocked.update(numbers)
    elif change == SIG_UNBLOCK:
        blocked.difference_update(numbers)
    elif change == SIG_SETMASK:
        blocked.clear()
        blocked.update(numbers)
    else:
        raise error(errno.EINVAL)
    if blocked is _blocked:
        _wasocket.block_signals(_bits(blocked))
        for number in sorted(previous ^ blocked):
            _tell(number)
        for number in _numbers(_wasocket.release_signals(_bits(previous - blocked))):
            _deliver(number)
    return previous


def _own_mask() -> set[int]:
    """The mask of the thread that runs. That of a new thread is the main one's."""
    if _thread.get_ident() == _thread._get_main_thread_ident():
        return _blocked
    if not hasattr(_masks, "blocked"):
        _masks.blocked = set(_blocked)
    blocked: set[int] = _masks.blocked
    return blocked


def _bits(numbers: Iterable[int]) -> int:
    return sum(1 << (number - 1) for number in numbers)


def _numbers(bits: int) -> list[int]:
    return [number for number in range(1, _signal.NSIG) if bits & 1 << (number - 1)]


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
    return set(_numbers(_wasocket.held_signals()))


def _pause() -> None:
    """Wait until a signal arrives."""
    while not _wasocket.wait_for_signal(None):
        pass


def _sigwait(sigset: Iterable[int], /) -> int:
    """Wait for a signal."""
    number = _accept(sigset, None)
    assert number is not None
    return number


def _sigwaitinfo(sigset: Iterable[int], /) -> Any:
    """Wait synchronously until one of the signals in *sigset* is delivered.

    Returns a struct_siginfo containing information about the signal.
    """
    return _siginfo(_accept(sigset, None))


def _sigtimedwait(sigset: Iterable[int], timeout: float, /) -> Any:
    """Like sigwaitinfo(), but with a timeout."""
    if timeout < 0:
        raise ValueError("timeout must be non-negative")
    number = _accept(sigset, timeout)
    return None if number is None else _siginfo(number)


def _accept(sigset: Iterable[int], seconds: float | None) -> int | None:
    """Wait for one of the signals, which is not pending any more; none if none came in time."""
    wanted = _bits(_signals_of(sigset))
    end = None if seconds is None else time.monotonic() + seconds
    while True:
        for number in _numbers(_wasocket.held_signals() & wanted):
            _wasocket.release_signals(_bits([number]))
            return number
        left = None if end is None else end - time.monotonic()
        if left is not None and left <= 0:
            return None
        _wasocket.wait_for_signal(left)


def _siginfo(number: int | None) -> Any:
    return struct_siginfo((number, SI_USER, 0, os.getpid(), os.getuid(), 0, 0))


def _alarm(seconds: int, /) -> int:
    """Arrange for SIGALRM to arrive after the given number of seconds."""
    left, _ = _set_timer(c_int(seconds) * SECOND, 0)
    return max((left + SECOND // 2) // SECOND, 1) if left else 0


def _setitimer(which: int, seconds: float, interval: float = 0.0, /) -> tuple[float, float]:
    """Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF).

    The timer will fire after value seconds and after that every interval seconds.
    The itimer can be cleared by setting seconds to zero.

    Returns old values as a tuple: (delay, interval).
    """
    times = [_nanoseconds(seconds), _nanoseconds(interval)]
    _check_clock(which)
    left, before = _set_timer(*times)
    return left / SECOND, before / SECOND


def _getitimer(which: int, /) -> tuple[float, float]:
    """Returns current value of given itimer."""
    _check_clock(which)
    left, interval = _wasocket.get_signal_timer()
    return left / SECOND, interval / SECOND


def _set_timer(first: int, interval: int) -> tuple[int, int]:
    if first and not _wasocket.HAS_SIGNALS:
        raise _timer_error(errno.ENOTSUP)  # nobody would send it, and who waits for it would wait for ever
    _tell(_signal.SIGALRM)
    before: tuple[int, int] = _wasocket.set_signal_timer(first, interval)
    return before


def _nanoseconds(seconds: float) -> int:
    """A time of a timer. `EINVAL`: it is less than none."""
    if not isinstance(seconds, float):
        seconds = operator.index(seconds) if hasattr(seconds, "__index__") else _refuse(seconds)
    if math.isnan(seconds):
        raise ValueError("Invalid value NaN (not a number)")
    if seconds < 0:
        raise _timer_error(errno.EINVAL)
    return math.ceil(min(seconds, LONGEST) * SECOND)


def _refuse(value: object) -> NoReturn:
    raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as an integer or float")


def _timer_error(code: int) -> OSError:
    return ItimerError(code, os.strerror(code))


def _check_clock(which: int) -> None:
    """`EINVAL`: it is no clock of a timer. The time that a component computes is not measured: `ENOTSUP`."""
    clock = c_int(which)
    if clock in (ITIMER_VIRTUAL, ITIMER_PROF):
        raise _timer_error(errno.ENOTSUP)
    if clock != ITIMER_REAL:
        raise _timer_error(errno.EINVAL)


def _valid_signals() -> set[int]:
    """Return a set of valid signal numbers on this platform."""
    return set(range(1, _signal.NSIG)) - RESERVED


def _siginterrupt(signalnum: int, flag: int, /) -> None:
    """Change system call restart behaviour: Python begins interrupted calls anew by itself."""
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
        previous = _set_wakeup_fd(fd, warn_on_full_buffer=warn_on_full_buffer)
        ours: int = _wasocket.set_signal_wakeup(NONE, False)
        return previous if ours == NONE else ours

    def of_ours(fd: int, *, warn_on_full_buffer: bool = True) -> int:
        if _wasocket.get_blocking(fd):
            raise ValueError(f"the fd {fd} must be in non-blocking mode")
        previous = of_files(NONE)
        _wasocket.set_signal_wakeup(fd, warn_on_full_buffer)
        return previous

    of_files.__name__ = _set_wakeup_fd.__name__
    of_files.__doc__ = _set_wakeup_fd.__doc__
    return descriptors.wrapped(of_files, of_ours, keyword="")


ItimerError = type("ItimerError", (OSError,), {"__module__": "signal"})
#: Who sent a signal: a process, which here is always this one's own or the host.
SI_USER = 0
struct_siginfo = struct_sequence.define(
    "signal.struct_siginfo",
    {
        "si_signo": "signal number",
        "si_code": "signal code",
        "si_errno": "errno associated with this signal",
        "si_pid": "sending process ID",
        "si_uid": "real user ID of sending process",
        "si_status": "exit value or signal",
        "si_band": "band event for SIGPOLL",
    },
    "struct_siginfo: Result from sigwaitinfo or sigtimedwait.\n\n"
    "This object may be accessed either as a tuple of\n"
    "(si_signo, si_code, si_errno, si_pid, si_uid, si_status, si_band),\n"
    "or via the attributes si_signo, si_code, and so on.",
)
_OURS: dict[str, Callable[..., Any]] = {
    "alarm": _alarm,
    "getitimer": _getitimer,
    "pause": _pause,
    "pthread_kill": _pthread_kill,
    "pthread_sigmask": _pthread_sigmask,
    "raise_signal": _raise_signal_function,
    "setitimer": _setitimer,
    "siginterrupt": _siginterrupt,
    "signal": _set_handler_function,
    "sigpending": _sigpending,
    "sigtimedwait": _sigtimedwait,
    "sigwait": _sigwait,
    "sigwaitinfo": _sigwaitinfo,
    "strsignal": _strsignal_function,
    "valid_signals": _valid_signals,
}
#: Linux's numbers.
_CONSTANTS = {
    "ITIMER_PROF": ITIMER_PROF,
    "ITIMER_REAL": ITIMER_REAL,
    "ITIMER_VIRTUAL": ITIMER_VIRTUAL,
    "ItimerError": ItimerError,
    "SIGCLD": _signal.SIGCHLD,
    "SIGRTMAX": 64,
    "SIGRTMIN": SIGRTMIN,
    "SIG_BLOCK": SIG_BLOCK,
    "SIG_SETMASK": SIG_SETMASK,
    "struct_siginfo": struct_siginfo,
    "SIG_UNBLOCK": SIG_UNBLOCK,
}
