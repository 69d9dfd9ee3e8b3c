# exit: 3
# stderr: compared
"""sys.exit with a number, after atexit functions in reverse order and finally blocks."""
import atexit
import sys

atexit.register(print, "registered first")
atexit.register(print, "registered last")
try:
    sys.exit(3)
finally:
    print("finally")
