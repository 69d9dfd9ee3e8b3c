"""open() on a socket's descriptor: raw, buffered, text, both ways, closefd, and what cannot be."""
import io
import os

from support import connected, outcome

ours, theirs = connected()
with open(ours.fileno(), "wb", 0, closefd=False) as raw:
    print(raw.writable(), raw.readable(), raw.seekable(), raw.isatty(), raw.mode)
    print(raw.write(b"raw"))
print(theirs.recv(10))
with open(ours.fileno(), "w", encoding="utf-8", closefd=False) as text:
    print(type(text).__name__, type(text.buffer).__name__, text.mode)
    text.write("buffered text\n")
    outcome("read", text.read)
with io.open(theirs.fileno(), "rb", closefd=False) as binary:
    print(type(binary).__name__, binary.readline())
    outcome("seek", binary.seek, 0)
outcome("update", open, ours.fileno(), "r+b", closefd=False)
outcome("no buffer for text", open, ours.fileno(), "r", 0, closefd=False)
outcome("mode", open, ours.fileno(), "q", closefd=False)
outcome("two modes", open, ours.fileno(), "rw", closefd=False)
outcome("text and binary", open, ours.fileno(), "rbt", closefd=False)
outcome("encoding of bytes", open, ours.fileno(), "rb", encoding="utf-8", closefd=False)
ours.sendall(b"one\ntwo\n")
number = ours.detach()
with os.fdopen(number, "wb") as owner:
    owner.write(b"three\n")
print(theirs.makefile().readlines())
outcome("closed", os.fstat, number)
print(open is io.open, open.__name__)
