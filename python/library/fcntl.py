"""This module performs file control and I/O control on file descriptors.

Sockets, pipes, devices and standard streams answer as on Linux. Locks hold within the program; see `wasocket.locks`.
"""

import errno
import operator
import sys

from wasocket import arguments, control, locks
from wasocket.control import (
    F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_GETFL, F_GETLK, F_GETOWN, F_RDLCK, F_SETFD, F_SETFL, F_SETLK, F_SETLKW,
    F_SETOWN, F_UNLCK, F_WRLCK, FD_CLOEXEC,
)  # fmt: skip
from wasocket.error_numbers import error as _error
from wasocket.locks import LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN

# Linux's numbers of what answers `EINVAL` here.
F_GETLK64, F_SETLK64, F_SETLKW64 = F_GETLK, F_SETLK, F_SETLKW
F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW = 36, 37, 38
F_SETSIG, F_GETSIG = 10, 11
F_SETLEASE, F_GETLEASE, F_NOTIFY = 1024, 1025, 1026
F_SETPIPE_SZ, F_GETPIPE_SZ = 1031, 1032
F_ADD_SEALS, F_GET_SEALS = 1033, 1034
F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW, F_SEAL_WRITE = 1, 2, 4, 8
F_EXLCK, F_SHLCK = 4, 8
FASYNC = 0x2000
LOCK_MAND, LOCK_READ, LOCK_WRITE, LOCK_RW = 32, 64, 128, 192
DN_ACCESS, DN_MODIFY, DN_CREATE, DN_DELETE, DN_RENAME, DN_ATTRIB, DN_MULTISHOT = 1, 2, 4, 8, 16, 32, 1 << 31

#: The most bytes that an argument may have.
_MOST = 1024


def fcntl(fd, cmd, arg=0, /):
    """Perform the operation cmd on file descriptor fd."""
    number, command = arguments.descriptor(fd), arguments.c_int(cmd)
    sys.audit("fcntl.fcntl", number, command, arg)
    if _is_number(arg):
        return control.control(number, command, _wrapped(operator.index(arg)))
    memory = _memory("fcntl", arg)
    if command in (F_GETLK, F_SETLK, F_SETLKW):
        return control.control_lock(number, command, memory)
    control.control(number, command, 0)
    return memory


def ioctl(fd, request, arg=0, mutate_flag=True, /):
    """Perform the operation request on file descriptor fd."""
    number, code = arguments.descriptor(fd), operator.index(request) & 0xFFFF_FFFF
    sys.audit("fcntl.ioctl", number, code, arg)
    if _is_number(arg):
        arguments.c_int(arg)
        answer = control.request(number, code, b"")
        if control.needs_memory(code):
            raise _error(errno.EFAULT)
        return 0
    if mutate_flag and not isinstance(arg, (bytes, str)):
        with _view(arg) as view:
            if not view.readonly:
                view[:] = control.request(number, code, bytes(view))
                return 0
    return control.request(number, code, _memory("ioctl", arg))


def flock(fd, operation, /):
    """Perform the lock operation on file descriptor fd."""
    number, code = arguments.descriptor(fd), arguments.c_int(operation)
    sys.audit("fcntl.flock", number, code)
    locks.lock_file(number, fd, code)


def lockf(fd, cmd, len=0, start=0, whence=0, /):
    """A wrapper around the fcntl() locking calls."""
    number, code = arguments.descriptor(fd), arguments.c_int(cmd)
    sys.audit("fcntl.lockf", number, code, len, start, whence)
    if code == LOCK_UN:
        kind = F_UNLCK
    elif code & LOCK_SH:
        kind = F_RDLCK
    elif code & LOCK_EX:
        kind = F_WRLCK
    else:
        raise ValueError("unrecognized lockf argument")
    operator.index(len), operator.index(start)
    if arguments.c_int(whence) not in (0, 1, 2):
        raise _error(errno.EINVAL)
    control.lock_record(number, kind)


def _is_number(argument):
    return hasattr(type(argument), "__index__")


def _wrapped(number):
    """The C int of these bits."""
    return (number + (1 << 31)) % (1 << 32) - (1 << 31)


def _memory(name, argument):
    """The bytes of an argument that is not a number."""
    if isinstance(argument, str):
        content = argument.encode()
    else:
        try:
            content = bytes(memoryview(argument))
        except TypeError:
            kind = type(argument).__name__
            words = f"{name}() argument 3 must be an integer, a bytes-like object, or a string, not {kind}"
            raise TypeError(words) from None
    if len(content) > _MOST:
        raise ValueError(f"{name} argument 3 is too long")
    return content


def _view(argument):
    """The bytes of a buffer, to be changed."""
    try:
        view = memoryview(argument)
    except TypeError:
        _memory("ioctl", argument)
        raise
    return view.cast("B") if view.nbytes else view
