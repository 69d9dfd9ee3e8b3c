# peers: puppet
"""open() and os functions on a socket's number never reach another file."""
import io
import os
import socket
import tempfile

from support import describe
from support.puppet import Puppet

puppet = Puppet()
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "witness")
    with open(path, "w+b", buffering=0) as witness:
        witness.write(b"untouched")
        sock = puppet.meet()
        for opener in (lambda: open(sock.fileno(), "wb", closefd=False), lambda: io.FileIO(sock.fileno(), "w", closefd=False)):
            try:
                with opener() as file:
                    file.write(b"hello")
                print("works", puppet.receive(5) == b"hello")
            except OSError as error:
                print("works", type(error).__name__)
        sock.sendall(b"still here")
        print(puppet.receive(10))
        print(os.path.getsize(path), open(path, "rb").read())
        print(os.fstat(witness.fileno()).st_size)
