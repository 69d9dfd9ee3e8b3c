"""The resources that the program uses, and their limits.

The time is that of `time.process_time()`. The other fields of `getrusage()` are 0, as Linux leaves those that it does
not maintain. Limits are those of WebAssembly and of our descriptors: no call can change them.
"""

import errno
import operator
import os
import sys
import time

from wasocket import descriptors
from wasocket.arguments import c_int
from wasocket.error_numbers import error as _error
from wasocket.processes import is_own
from wasocket.struct_sequence import define

error = OSError

RLIMIT_CPU = 0
RLIMIT_FSIZE = 1
RLIMIT_DATA = 2
RLIMIT_STACK = 3
RLIMIT_CORE = 4
RLIMIT_RSS = 5
RLIMIT_NPROC = 6
RLIMIT_NOFILE = RLIMIT_OFILE = 7
RLIMIT_MEMLOCK = 8
RLIMIT_AS = 9
RLIMIT_SIGPENDING = 11
RLIMIT_MSGQUEUE = 12
RLIMIT_NICE = 13
RLIMIT_RTPRIO = 14
RLIMIT_RTTIME = 15
RLIM_INFINITY = -1
RUSAGE_CHILDREN = -1
RUSAGE_SELF = 0
RUSAGE_THREAD = 1

#: How many resources there are; 10 are locks on files, without a name in this module.
_LIMITS = 16
#: Memory has addresses of 32 bits.
_ADDRESSES = 1 << 32
#: The stack with which the interpreter is linked, as CPython's own build for WASI has it.
_STACK = 16 << 20
#: One process without threads, no memory dumps, no memory to lock, no message queues, no priorities.
_MAXIMUM = {
    RLIMIT_DATA: _ADDRESSES,
    RLIMIT_STACK: _STACK,
    RLIMIT_CORE: 0,
    RLIMIT_RSS: _ADDRESSES,
    RLIMIT_NPROC: 1,
    RLIMIT_NOFILE: descriptors.FIRST + descriptors.LIMIT,
    RLIMIT_MEMLOCK: 0,
    RLIMIT_AS: _ADDRESSES,
    RLIMIT_MSGQUEUE: 0,
    RLIMIT_NICE: 0,
    RLIMIT_RTPRIO: 0,
}

struct_rusage = define(
    "resource.struct_rusage",
    {
        "ru_utime": "user time used",
        "ru_stime": "system time used",
        "ru_maxrss": "max. resident set size",
        "ru_ixrss": "shared memory size",
        "ru_idrss": "unshared data size",
        "ru_isrss": "unshared stack size",
        "ru_minflt": "page faults not requiring I/O",
        "ru_majflt": "page faults requiring I/O",
        "ru_nswap": "number of swap outs",
        "ru_inblock": "block input operations",
        "ru_oublock": "block output operations",
        "ru_msgsnd": "IPC messages sent",
        "ru_msgrcv": "IPC messages received",
        "ru_nsignals": "signals received",
        "ru_nvcsw": "voluntary context switches",
        "ru_nivcsw": "involuntary context switches",
    },
    "struct_rusage: Result from getrusage.",
)


def getrusage(who, /):
    """The resources that the program or its children, of which there are none, have used."""
    subject = c_int(who)
    if subject not in (RUSAGE_SELF, RUSAGE_CHILDREN, RUSAGE_THREAD):
        raise ValueError("invalid who parameter")
    used = 0.0 if subject == RUSAGE_CHILDREN else time.process_time()
    return struct_rusage((used, 0.0, *[0] * 14))


def getrlimit(resource, /):
    """A tuple of the soft and the hard limit of a resource."""
    limit = _MAXIMUM.get(_checked(resource), RLIM_INFINITY)
    return limit, limit


def setrlimit(resource, limits, /):
    """Set the limits of a resource: only to what they are."""
    number = _checked(resource)
    sys.audit("resource.setrlimit", number, limits)
    _keep(number, limits)


def prlimit(pid, resource, limits=None, /):
    """The limits of a resource of this process, which may be set to what they are."""
    process, number = c_int(pid), _checked(resource)
    sys.audit("resource.prlimit", process, number, limits)
    if not is_own(process):
        raise _error(errno.ESRCH)
    if limits is not None:
        _keep(number, limits)
    return getrlimit(number)


def getpagesize():
    """The number of bytes in a page of memory."""
    return os.sysconf("SC_PAGE_SIZE")


def _checked(resource):
    number = c_int(resource)
    if not 0 <= number < _LIMITS:
        raise ValueError("invalid resource specified")
    return number


def _keep(resource, limits):
    """Refuse a change."""
    given = tuple(limits)
    if len(given) != 2:
        raise ValueError("expected a tuple of 2 integers")
    soft, hard = map(_limit, given)
    if soft > hard:
        raise ValueError("current limit exceeds maximum limit")
    maximum = _limit(getrlimit(resource)[1])
    if hard > maximum:
        raise ValueError("not allowed to raise maximum limit")
    if (soft, hard) != (maximum, maximum):
        raise _error(errno.EPERM)


def _limit(value):
    """A limit that can be compared: infinity is more than any other."""
    number = operator.index(value)
    if number == RLIM_INFINITY:
        return float("inf")
    if number < 0:
        raise ValueError("Cannot convert negative int")
    if number >= 1 << 64:
        raise OverflowError("Python int too large to convert to C rlim_t")
    return float("inf") if number == (1 << 64) - 1 else number
