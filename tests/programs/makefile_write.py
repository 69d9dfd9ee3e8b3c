# peers: puppet
"""Writing through makefile, and both ways through one file."""
from support import outcome
from support.puppet import Puppet

puppet = Puppet()
sock = puppet.meet()
with sock.makefile("wb") as file:
    print(file.write(b"buffered"), file.flush(), puppet.receive(8))
with sock.makefile("wb", buffering=0) as file:
    print(file.write(b"at once"), puppet.receive(7))
with sock.makefile("w", encoding="utf-8", newline="\r\n") as file:
    print("lines", "über", sep="\n", file=file)
print(puppet.receive(14))
with sock.makefile("w", buffering=1, encoding="ascii") as file:
    file.write("a line\n")
    file.flush()
    print(puppet.receive(7))
    outcome("encode", file.write, "ä")
with sock.makefile("rwb") as file:
    file.write(b"question")
    file.flush()
    print(puppet.receive(8))
    puppet.say(b"answer\n")
    print(file.readline())
with sock.makefile("rw", encoding="utf-8") as file:
    print("hello", file=file, flush=True)
    print(puppet.receive(6))
    puppet.say(b"world\n")
    print(file.readline())
sock.sendall(b"the socket is still open")
print(puppet.receive(24))
