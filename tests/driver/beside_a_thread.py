"""Run a program as `__main__` beside another thread: `beside_a_thread.py PROGRAM [ARGS]...`.

The other one wakes up again and again, so that a switch comes in every wait, and between any two bytecodes.
"""

import os
import runpy
import sys
import threading
import time


def wake_up():
    while True:
        time.sleep(0.0005)


threading.Thread(target=wake_up, name="beside", daemon=True).start()
del sys.argv[0]
sys.path[0] = os.path.dirname(sys.argv[0])
runpy.run_path(sys.argv[0], run_name="__main__")
