"""The resource `poll-set`."""

import errno

from .readiness import ready
from .values import record
from .words import fault


class PollSet:
    def __init__(self):
        self.asked = {}

    @staticmethod
    def create():
        return PollSet()

    def _close(self):
        self.asked.clear()

    def add_socket(self, token, source, readiness, trigger):
        if trigger or token in self.asked:  # Our components see to edges and single shots themselves.
            raise fault(errno.EOPNOTSUPP if trigger else errno.EEXIST)
        self.asked[token] = source, readiness

    def add_lookup(self, token, lookup, trigger):
        self.add_socket(token, lookup, {"readable"}, trigger)

    def modify(self, token, readiness, trigger):
        if trigger or token not in self.asked:
            raise fault(errno.EOPNOTSUPP if trigger else errno.ENOENT)
        self.asked[token] = self.asked[token][0], readiness

    def remove(self, token):
        if self.asked.pop(token, None) is None:
            raise fault(errno.ENOENT)

    def subscribe(self):
        raise fault(errno.EOPNOTSUPP)  # Python has no pollables; our components then ask again and again.

    def wait(self, deadline, most):
        if not most:
            raise fault(errno.EINVAL)
        # What is closed is in no set any more.
        self.asked = {token: one for token, one in self.asked.items() if one[0].fileno() >= 0}
        found = zip(list(self.asked), ready(list(self.asked.values()), deadline))
        found = [record(token=token, readiness=words) for token, words in found if words][:most]
        for event in found:  # The others come first the next time.
            self.asked[event.token] = self.asked.pop(event.token)
        return found
