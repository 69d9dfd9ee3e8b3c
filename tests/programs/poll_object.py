"""Registering, changing and forgetting descriptors; descriptors that are closed."""
import select
import socket

from support import connected, outcome

ours, theirs = connected()
poll = select.poll()
outcome("register", poll.register, ours, select.POLLIN)
outcome("register again", poll.register, ours, select.POLLOUT)
print(poll.poll(0) == [(ours.fileno(), select.POLLOUT)])
outcome("modify", poll.modify, ours, select.POLLIN)
print(poll.poll(0), poll.poll(10))
outcome("modify unknown", poll.modify, theirs, select.POLLIN)
outcome("unregister", poll.unregister, ours)
try:
    poll.unregister(ours)
except KeyError:
    print("unregister unknown: KeyError")
poll.register(ours.fileno())
poll.register(theirs)
number = theirs.fileno()
theirs.close()
events = dict(poll.poll(1000))
print(events[number] == select.POLLNVAL)
print(events.get(ours.fileno(), 0) & select.POLLOUT != 0)
outcome("text", poll.register, "x")
outcome("negative", poll.register, -1)
outcome("timeout text", poll.poll, "x")
try:
    poll.poll(1 << 70)
except OverflowError:
    print("huge timeout: OverflowError")
empty = select.poll()
print(empty.poll(0), empty.poll(5))
