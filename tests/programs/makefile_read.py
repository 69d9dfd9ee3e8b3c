# peers: puppet
"""Reading through makefile: binary, text, buffered or not, line by line."""
from support import outcome
from support.puppet import Puppet

puppet = Puppet()
DATA = "first line\nsecond: ä€\r\n\nlast without end".encode()
for mode, keywords in (
    ("rb", {}), ("rb", {"buffering": 0}), ("rb", {"buffering": 3}), ("r", {"encoding": "utf-8"}),
    ("r", {"encoding": "utf-8", "newline": ""}), ("r", {"encoding": "ascii", "errors": "replace"}), ("r", {"encoding": "utf-8", "newline": "\r\n"}),
):
    sock = puppet.meet()
    puppet.say(DATA)
    puppet.start("close")
    with sock.makefile(mode, **keywords) as file:
        print(mode, keywords, type(file).__name__)
        print(repr(file.readline()), list(file))
    puppet.finish()
    sock.close()

sock = puppet.meet()
file = sock.makefile("rb")
puppet.say(b"0123456789")
print(file.read(4), file.peek(1)[:1], file.read1(100))
buffer = bytearray(4)
puppet.say(b"abcd")
print(file.readinto(buffer), buffer)
puppet.do("finish")
print(file.read(), file.read(), file.readline())
outcome("write", file.write, b"x")
print(file.readable(), file.writable(), file.seekable())
