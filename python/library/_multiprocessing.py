"""Semaphores between processes: a component has one process, so none can be made, as on a Linux without them."""

import errno

flags = {}


class SemLock:
    """Semaphore/Mutex type."""

    SEM_VALUE_MAX = (1 << 31) - 1

    def __new__(cls, kind, value, maxvalue, name, unlink):
        """Make a semaphore: it cannot be done."""
        raise _refusal()

    @classmethod
    def _rebuild(cls, handle, kind, maxvalue, name, /):
        raise _refusal()


def sem_unlink(name, /):
    """Remove a semaphore: there is none."""
    raise _refusal()


def _refusal():
    return OSError(errno.ENOSYS, "a component has no semaphores between processes")
