"""signal.set_wakeup_fd takes a socket that does not block, keeps it, and gives it back."""
import signal
import socket

left, right = socket.socketpair()
try:
    signal.set_wakeup_fd(right.fileno())
except ValueError as error:
    print("ValueError", str(error).replace(str(right.fileno()), "FD"))
right.setblocking(False)
left.setblocking(False)
print(signal.set_wakeup_fd(right.fileno()))
print(signal.set_wakeup_fd(left.fileno(), warn_on_full_buffer=False) == right.fileno())
print(signal.set_wakeup_fd(-1) == left.fileno(), signal.set_wakeup_fd(-1))
closed = left.fileno()
left.close()
try:
    signal.set_wakeup_fd(closed)
except OSError as error:
    print(type(error).__name__, error.strerror)
