# ways: run threads
"""A thread that sends signals all the time does not keep the main thread from running, nor from handling them."""
import signal
import threading

received = 0
stopped = False


def handle(number, frame):
    global received
    received += 1


def send():
    while not stopped:
        signal.raise_signal(signal.SIGUSR1)


signal.signal(signal.SIGUSR1, handle)
sender = threading.Thread(target=send)
sender.start()
while received < 20:
    pass
stopped = True
sender.join()
print("received", received >= 20)
