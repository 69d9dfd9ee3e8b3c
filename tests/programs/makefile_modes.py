# peers: puppet
"""Modes that makefile refuses, and when the socket really closes."""
import io

from support import outcome
from support.puppet import Puppet

puppet = Puppet()
sock = puppet.meet()
for mode in ("", "a", "x", "rt", "r+", "rbw", "wr"):
    try:
        print(repr(mode), type(sock.makefile(mode)).__name__)
    except ValueError as error:
        print(repr(mode), error)
outcome("unbuffered text", sock.makefile, "r", buffering=0)
raw = sock.makefile("rb", buffering=0)
print(raw.name == sock.fileno(), raw.mode, raw.fileno() == sock.fileno())
sock.close()
print("open while a file is", sock._closed, raw.fileno() >= 0)
puppet.say(b"still")
print(raw.read(5))
raw.close()
print(raw.closed, raw.name)
outcome("read", raw.read, 1)
outcome("fileno", raw.fileno)

sock = puppet.meet()
file = sock.makefile("rwb")
raw = file.raw if isinstance(file, io.BufferedReader) else None
sock.close()
puppet.say(b"line\n")
print(file.readline())
file.close()
print(puppet.receive(1), sock.fileno())
