"""Waiting for what the operating system has."""

import select
import time

from .words import READINESS, number

LONGEST = 1 << 30  # Milliseconds: `select.poll` takes no more than an `int`.


def ready(asked, deadline):
    """What each of the sources is ready for, at the latest at the deadline."""
    system, wanted, limit = select.poll(), {}, None
    for source, words in asked:
        wanted[source.fileno()] = wanted.get(source.fileno(), 0) | number(READINESS, words)
    for fd, bits in wanted.items():
        system.register(fd, bits)
    if deadline.tag != "never":
        limit = min(max(0, (deadline.payload or 0) - time.monotonic_ns()) / 1e6, LONGEST)
    found = dict(system.poll(limit))
    return [{word for word in words | {"error", "hang-up"} if found.get(source.fileno(), 0) & READINESS[word]}
            for source, words in asked]


def poll(sockets, lookups, deadline):
    return ready(sockets + [(lookup, {"readable"}) for lookup in lookups], deadline)


def call(sock, event, deadline, function, *arguments):
    """What the function of a socket that does not wait answers, at the latest at the deadline."""
    while True:
        try:
            return function(*arguments)
        except BlockingIOError:
            if deadline.tag == "now" or not any(ready([(sock, {event})], deadline)):
                raise
