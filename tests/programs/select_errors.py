"""What select refuses, and that it returns the very objects it was given."""
import select
import socket
import time

from support import connected, outcome

ours, theirs = connected()


class Wrapper:
    def fileno(self):
        return theirs.fileno()


wrapper = Wrapper()
ours.sendall(b"x")
select.select([theirs], [], [], 30)
readable, writable, _ = select.select([wrapper], [wrapper, ours.fileno()], (), 30)
print(readable == [wrapper], writable == [wrapper, ours.fileno()])
start = time.monotonic()
print(select.select([], [], [], 0.05), time.monotonic() - start >= 0.049)
outcome("negative timeout", select.select, [], [], [], -1)
outcome("timeout", select.select, [], [], [], "soon")
outcome("not a list", select.select, 1, [], [])
outcome("no fileno", select.select, ["x"], [], [])
outcome("minus one", select.select, [-1], [], [])
number = ours.fileno()
ours.close()
outcome("closed", select.select, [number], [], [], 0)
outcome("closed object", select.select, [ours], [], [], 0)
print(select.error is OSError)
