"""Another thread, which wakes up again and again, so that a switch comes in every wait, and between any two bytecodes."""

import threading
import time


def wake_up():
    while True:
        time.sleep(0.0005)


threading.Thread(target=wake_up, name="beside", daemon=True).start()
