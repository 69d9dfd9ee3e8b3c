"""Sockets can be weakly referenced; an unclosed one warns when it is collected, and closes."""
import gc
import socket
import warnings
import weakref

from support import connected, normal, outcome

sock = socket.socket()
reference = weakref.ref(sock)
print(reference() is sock)
sock.close()
del sock
gc.collect()
print(reference())

ours, theirs = connected()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    del ours
    gc.collect()
print([(warning.category.__name__, normal(str(warning.message))) for warning in caught])
print("closed", theirs.recv(1))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    theirs.close()
    del theirs
    detached = socket.socket()
    socket.close(detached.detach())
    del detached
    gc.collect()
print(caught)
