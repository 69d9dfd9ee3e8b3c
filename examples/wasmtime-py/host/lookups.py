"""The resource `lookup`: the system's resolver, each time in a thread of its own."""

import errno
import socket
import threading

from .readiness import ready
from .values import ip_in, ip_out, record
from .words import FAMILIES, fault


class Lookup:
    def __init__(self, find, *arguments):
        # A stream whose end says that the answer is there.
        self.stream, self.writer = socket.socketpair()
        self.fileno, self.answer = self.stream.fileno, None
        threading.Thread(target=self._run, args=(find, *arguments), daemon=True).start()

    def _run(self, find, *arguments):
        try:
            self.answer = find(*arguments)
        except Exception as error:
            self.answer = error
        self.writer.close()

    def _close(self):
        self.stream.close()

    @staticmethod
    def forward(name, family):
        return Lookup(by_name, name, FAMILIES.get(family.tag, -1) if family else 0)

    @staticmethod
    def reverse(address):
        return Lookup(by_address, ip_in(address.payload))

    def finish(self, deadline):
        if not any(ready([(self, {"readable"})], deadline)):
            raise fault(errno.EAGAIN)
        answer, self.answer = self.answer, fault(errno.EBADF)
        if isinstance(answer, Exception):
            raise answer
        return answer


def by_name(name, family):
    found = socket.getaddrinfo(name, None, family, socket.SOCK_STREAM, 0, socket.AI_CANONNAME)
    addresses = [ip_out(address[0]) for *_, address in found]
    return record(canonical_name=found[0][3] or None, aliases=[], addresses=addresses)


def by_address(text):
    try:
        name, aliases, addresses = socket.gethostbyaddr(text)
    except socket.herror:
        raise socket.gaierror(socket.EAI_NONAME, "no name of this address") from None
    return record(canonical_name=name, aliases=aliases, addresses=[ip_out(address) for address in addresses])
