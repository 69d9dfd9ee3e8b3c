"""Semaphores of `multiprocessing`: a component has one process, whose threads share them."""

import errno
import threading

from wasocket.error_numbers import error

flags = {}

#: Kinds of a semaphore.
RECURSIVE_MUTEX, SEMAPHORE = range(2)


class SemLock:
    """Semaphore/Mutex type."""

    SEM_VALUE_MAX = (1 << 31) - 1

    def __new__(cls, kind, value, maxvalue, name, unlink):
        """Make a semaphore. It has no name, as if it had been unlinked: there is no process that could look for it."""
        if kind not in (RECURSIVE_MUTEX, SEMAPHORE):
            raise ValueError("unrecognized kind")
        self = super().__new__(cls)
        self.handle, self.kind, self.maxvalue, self.name = 0, kind, maxvalue, None
        self._value, self._changed = value, threading.Condition(threading.Lock())
        self._holds, self._holder = 0, None
        return self

    @classmethod
    def _rebuild(cls, handle, kind, maxvalue, name, /):
        raise OSError(errno.ENOSYS, "a component has no other process that a semaphore could come from")

    def acquire(self, block=True, timeout=None):
        """Acquire the semaphore/lock."""
        if self.kind == RECURSIVE_MUTEX and self._is_mine():
            self._holds += 1
            return True
        wait = (None if timeout is None else max(timeout, 0)) if block else 0
        with self._changed:
            if not self._changed.wait_for(lambda: self._value, wait):
                return False
            self._value -= 1
        self._holds += 1
        self._holder = threading.get_ident()
        return True

    def release(self):
        """Release the semaphore/lock."""
        if self.kind == RECURSIVE_MUTEX:
            if not self._is_mine():
                raise AssertionError("attempt to release recursive lock not owned by thread")
            if self._holds > 1:
                self._holds -= 1
                return
        with self._changed:
            if self._value >= self.maxvalue:
                raise ValueError("semaphore or lock released too many times")
            self._holds -= 1
            self._value += 1
            self._changed.notify()

    def _count(self):
        """Num of `acquire()`s minus num of `release()`s for this process."""
        return self._holds

    def _is_mine(self):
        """Whether the lock is owned by this thread."""
        return self._holds > 0 and self._holder == threading.get_ident()

    def _get_value(self):
        """Get the value of the semaphore."""
        return self._value

    def _is_zero(self):
        """Return whether semaphore has value zero."""
        return self._value == 0

    def _after_fork(self):
        """Rezero the net acquisition count after fork()."""
        self._holds = 0

    def __enter__(self):
        """Enter the semaphore/lock."""
        return self.acquire()

    def __exit__(self, kind=None, value=None, traceback=None, /):
        """Exit the semaphore/lock."""
        self.release()


def sem_unlink(name, /):
    """Remove a semaphore: none has a name."""
    raise error(errno.ENOENT)
