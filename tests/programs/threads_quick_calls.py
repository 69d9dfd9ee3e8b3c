# ways: run threads
"""A thread that gives up the interpreter's lock again and again, for calls that do not wait, does not have it back each time."""
import os
import threading

#: So many calls take seconds, and the work beside them some milliseconds.
MOST = 300_000
is_done = False
results = []


def call():
    for _ in range(MOST):
        if is_done:
            results.append("the work was done beside the calls")
            return
        os.stat("/")
    results.append("nobody else had a turn")


def compute():
    global is_done
    for _ in range(20):
        sum(range(20_000))
    is_done = True


caller = threading.Thread(target=call)
caller.start()
compute()
caller.join()
print(*results)
