"""POSIX shared memory: a component shares none, so every call fails as on a Linux without it."""

import errno


def shm_open(path, flags, mode=511):
    """Open a shared memory object."""
    _refuse(path)


def shm_unlink(path):
    """Remove a shared memory object."""
    _refuse(path)


def _refuse(path):
    raise OSError(errno.ENOSYS, "a component shares no memory with others", path)
