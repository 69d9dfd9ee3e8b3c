"""The one process of a component: it leads its group and its session, its parent is outside, and it has no children."""

from __future__ import annotations

import _thread
import errno
import itertools
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from . import signals
from .arguments import c_int
from .error_numbers import error

#: The parent's number: as in a container, the parent cannot be seen.
PARENT = 0
#: What `os.system()` returns where there is no shell: status 127, as a waiting parent gets it.
NO_SHELL = 127 << 8
#: The status of a process that continues.
CONTINUED = 0xFFFF


_own_number = _thread._local()
_next_number = itertools.count(1)


def get_native_id() -> int:
    """Return a non-negative integer identifying the thread: in the main one the process's, as on Linux."""
    if _thread.get_ident() == _thread._get_main_thread_ident():
        return os.getpid()
    if not hasattr(_own_number, "value"):
        _own_number.value = os.getpid() + next(_next_number)
    return _own_number.value


def is_own(pid: int) -> bool:
    """Whether a call that takes 0 for the caller means this process."""
    return pid in (0, os.getpid())


def _getppid() -> int:
    """Return the parent's process id: it is outside."""
    return PARENT


def _own_leader(pid: int) -> int:
    if not is_own(c_int(pid)):
        raise error(errno.ESRCH)
    return os.getpid()


def _getpgid(pid: int) -> int:
    """Call the system call getpgid(), and return the result."""
    return _own_leader(pid)


def _getsid(pid: int, /) -> int:
    """Call the system call getsid(pid) and return the result."""
    return _own_leader(pid)


def _getpgrp() -> int:
    """Return the current process group id."""
    return os.getpid()


def _setpgid(pid: int, pgrp: int, /) -> None:
    """Call the system call setpgid(pid, pgrp): `EPERM`, as for the leader of a session."""
    if c_int(pgrp) < 0:
        raise error(errno.EINVAL)
    raise error(errno.EPERM if is_own(c_int(pid)) else errno.ESRCH)


def _setpgrp() -> None:
    """Make the current process the leader of its process group: `EPERM`, as for the leader of a session."""
    _setpgid(0, 0)


def _setsid() -> None:
    """Call the system call setsid(): `EPERM`, as for the leader of a group."""
    raise error(errno.EPERM)


def _kill(pid: int, signal: int, /) -> None:
    """Kill a process with a signal."""
    number, to = c_int(signal), c_int(pid)
    sys.audit("os.kill", to, number)
    if to not in (0, os.getpid(), -os.getpid()):
        raise error(errno.ESRCH)  # and -1 is every process but this one
    signals.send(number)


def _killpg(pgid: int, signal: int, /) -> None:
    """Kill a process group with a signal."""
    number, to = c_int(signal), c_int(pgid)
    sys.audit("os.killpg", to, number)
    if to < 0:
        raise error(errno.EINVAL)
    if not is_own(to):
        raise error(errno.ESRCH)
    signals.send(number)


def _childless(doc: str, numbers: int) -> Callable[..., Any]:
    """A function that waits for children, with so many arguments."""

    def function(*given: int) -> None:
        if len(given) != numbers:
            raise TypeError(f"{function.__name__} expected {numbers} arguments, got {len(given)}")
        for number in given:
            c_int(number)
        raise error(errno.ECHILD)

    function.__doc__ = doc
    return function


def _wait3(options: int) -> None:
    """Wait for completion of a child process: there is none."""
    c_int(options)
    raise error(errno.ECHILD)


def _wait4(pid: int, options: int) -> None:
    """Wait for completion of a specific child process: there is none."""
    _wait3(options)


def _system(command: Any) -> int:
    """Execute the command in a subshell: there is none, so the status is 127."""
    sys.audit("os.system", _check_text(command))
    return NO_SHELL


def _execv(path: Any, argv: Any, /) -> None:
    """Execute an executable path with arguments, replacing current process: no file is executable."""
    _check_arguments("execv", argv)
    sys.audit("os.exec", path, argv, None)
    _refuse_to_execute(path)


def _execve(path: Any, argv: Any, env: Any) -> None:
    """Execute an executable path with arguments, replacing current process: no file is executable."""
    _check_arguments("execve", argv)
    if not isinstance(env, Mapping):
        raise TypeError("execve: environment must be a mapping object")
    for name, value in env.items():
        _check_text(value)
        if not _check_text(name) or b"=" in _check_text(name):
            raise ValueError("illegal environment variable name")
    sys.audit("os.exec", path, argv, env)
    _refuse_to_execute(path)


def _check_arguments(name: str, argv: Any) -> None:
    what = "execv() arg 2" if name == "execv" else f"{name}: argv"
    if not isinstance(argv, (tuple, list)):
        raise TypeError(f"{what} must be a tuple or list")
    if not argv:
        raise ValueError(f"{what} must not be empty")
    if not argv[0]:
        raise ValueError(f"{what} first element cannot be empty")
    for argument in argv:
        _check_text(argument)


def _check_text(value: Any) -> bytes:
    """What C would get of a text or a path."""
    encoded = os.fsencode(value)
    if b"\0" in encoded:
        raise ValueError("embedded null byte")
    return encoded


def _refuse_to_execute(path: Any) -> None:
    """Raise what Linux does for a file without the permission to execute it, or for none."""
    os.stat(path)
    raise error(errno.EACCES, path)


def _wifexited(status: int) -> bool:
    """Return True if the process returning status exited via the exit() system call."""
    return c_int(status) & 0x7F == 0


def _wexitstatus(status: int) -> int:
    """Return the process return code from status."""
    return c_int(status) >> 8 & 0xFF


def _wifsignaled(status: int) -> bool:
    """Return True if the process returning status was terminated by a signal."""
    return 0 < c_int(status) & 0x7F < 0x7F


def _wtermsig(status: int) -> int:
    """Return the signal that terminated the process that provided the status value."""
    return c_int(status) & 0x7F


def _wcoredump(status: int, /) -> bool:
    """Return True if the process returning status was dumped to a core file."""
    return bool(c_int(status) & 0x80)


def _wifstopped(status: int) -> bool:
    """Return True if the process returning status was stopped."""
    return c_int(status) & 0xFF == 0x7F


def _wstopsig(status: int) -> int:
    """Return the signal that stopped the process that provided the status value."""
    return _wexitstatus(status)


def _wifcontinued(status: int) -> bool:
    """Return True if a particular process was continued from a job control stop."""
    return c_int(status) == CONTINUED


def _waitstatus_to_exitcode(status: int) -> int:
    """Convert a wait status to an exit code."""
    if _wifexited(status):
        return _wexitstatus(status)
    if _wifsignaled(status):
        return -_wtermsig(status)
    if _wifstopped(status):
        raise ValueError(f"process stopped by delivery of signal {_wstopsig(status)}")
    raise ValueError(f"invalid wait status: {status}")


ADDED: dict[str, Any] = {
    "WCOREDUMP": _wcoredump,
    "WEXITSTATUS": _wexitstatus,
    "WIFCONTINUED": _wifcontinued,
    "WIFEXITED": _wifexited,
    "WIFSIGNALED": _wifsignaled,
    "WIFSTOPPED": _wifstopped,
    "WSTOPSIG": _wstopsig,
    "WTERMSIG": _wtermsig,
    "execv": _execv,
    "execve": _execve,
    "getpgid": _getpgid,
    "getpgrp": _getpgrp,
    "getppid": _getppid,
    "getsid": _getsid,
    "kill": _kill,
    "killpg": _killpg,
    "setpgid": _setpgid,
    "setpgrp": _setpgrp,
    "setsid": _setsid,
    "system": _system,
    "wait": _childless("Wait for completion of a child process: there is none.", 0),
    "wait3": _wait3,
    "wait4": _wait4,
    "waitid": _childless("Wait for the completion of one or more child processes: there is none.", 3),
    "waitpid": _childless("Wait for completion of a given child process: there is none.", 2),
    "waitstatus_to_exitcode": _waitstatus_to_exitcode,
    # Linux's numbers.
    "P_ALL": 0,
    "P_PID": 1,
    "P_PGID": 2,
    "P_PIDFD": 3,
    "WNOHANG": 1,
    "WUNTRACED": 2,
    "WSTOPPED": 2,
    "WEXITED": 4,
    "WCONTINUED": 8,
    "WNOWAIT": 0x0100_0000,
}
