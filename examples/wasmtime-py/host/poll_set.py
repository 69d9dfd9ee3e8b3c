"""The resource `poll-set`: Python's `select.epoll`, each source under a token."""

import errno
import select
import time

from .values import record
from .words import READINESS, TRIGGERS, fault, number


class PollSet:
    def __init__(self):
        self.system, self.sources, self.tokens = select.epoll(), {}, {}

    @staticmethod
    def create():
        return PollSet()

    def _close(self):
        self.system.close()

    def _is_living(self, token):
        """Whether a source has the token: one that was closed has left the set."""
        return token in self.sources and self.sources[token].fileno() >= 0

    def add_socket(self, token, source, readiness, trigger):
        if self._is_living(token) or self._is_living(self.tokens.get(source.fileno())):
            raise fault(errno.EEXIST)
        self.sources.pop(self.tokens.get(source.fileno()), None)  # Of a closed source that had the same number.
        self.system.register(source.fileno(), number(READINESS, readiness) | number(TRIGGERS, trigger))
        self.sources[token], self.tokens[source.fileno()] = source, token

    def add_lookup(self, token, lookup, trigger):
        self.add_socket(token, lookup, {"readable"}, trigger)

    def modify(self, token, readiness, trigger):
        if not self._is_living(token):
            raise fault(errno.ENOENT)
        self.system.modify(self.sources[token].fileno(), number(READINESS, readiness) | number(TRIGGERS, trigger))

    def remove(self, token):
        if not self._is_living(token):
            raise fault(errno.ENOENT)
        self.system.unregister(self.sources.pop(token).fileno())

    def subscribe(self):
        raise fault(errno.EOPNOTSUPP)  # Python has no pollables; our components then ask again and again.

    def wait(self, deadline, most):
        if not most:
            raise fault(errno.EINVAL)
        limit = None if deadline.tag == "never" else max(0, (deadline.payload or 0) - time.monotonic_ns()) / 1e9
        return [record(token=self.tokens[fd], readiness={word for word in READINESS if bits & READINESS[word]})
                for fd, bits in self.system.poll(limit, min(most, 4096))]
