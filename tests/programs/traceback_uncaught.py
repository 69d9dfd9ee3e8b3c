# exit: 1
# native: 3.14
# ways: run wasi
# stderr: compared
"""An uncaught exception: traceback on stderr, status 1, atexit functions run."""
import atexit


def fails(depth):
    if depth:
        return fails(depth - 1)
    raise ValueError("the reason")


atexit.register(print, "atexit ran")
print("before")
try:
    fails(2)
except ValueError as cause:
    raise RuntimeError("the consequence") from cause
