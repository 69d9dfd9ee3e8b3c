# peers: puppet
"""A client that resets before accept harms nobody; the next one is served."""
import select

from support import describe, listener
from support.puppet import Puppet

server, (host, port) = listener()
server.settimeout(30)
for round in range(3):
    puppet = Puppet()
    puppet.do("connect", port)
    puppet.do("reset")
    puppet.do("connect", port)
    served = 0
    while not served:
        try:
            sock, _ = server.accept()
        except ConnectionAbortedError:
            continue
        try:
            repr(sock)
            sock.sendall(b"hello")
            puppet.start("receive", 5)
            served = puppet.finish() == b"hello".hex()
        except OSError as error:
            assert isinstance(error, (ConnectionResetError, BrokenPipeError)), describe(error)
        finally:
            sock.close()
    print("served", round)
    puppet.close()
