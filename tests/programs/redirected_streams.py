# stdin: first line\nsecond line\n
"""Standard streams follow their numbers: to files, pipes, sockets and devices, one redirection inside another, and back."""
import contextlib
import errno
import faulthandler
import io
import os
import select
import socket
import sys
import tempfile


@contextlib.contextmanager
def redirected(number, onto):
    """As test runners capture what a program writes."""
    sys.stdout.flush()
    saved = os.dup(number)
    os.dup2(onto, number)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(saved, number)
        os.close(saved)


def failure(number):
    try:
        with io.FileIO(number, "w", closefd=False) as raw:
            raw.write(b"x")
    except OSError as error:
        return errno.errorcode[error.errno], error.strerror


def content(file):
    file.seek(0)
    return file.read()


with tempfile.TemporaryFile(buffering=0) as outer, tempfile.TemporaryFile(buffering=0) as inner:
    with redirected(1, outer.fileno()):
        print("to the outer file")
        with redirected(1, inner.fileno()), redirected(2, inner.fileno()):
            print("to the inner file")
            sys.stdout.flush()
            os.write(1, b"by number\n")
            print("by stderr", file=sys.stderr)
            print(sys.stdout.fileno(), os.isatty(1), sys.stdout.isatty(), os.fstat(1).st_size)
        print("to the outer file again")
    print("outside")
    print(content(outer), content(inner))

reader, writer = os.pipe()
with redirected(1, writer):
    print("through a pipe", os.isatty(1), flush=True)
    print(select.select([], [1], [], 0)[1] == [1])
print(os.read(reader, 999))
os.close(writer)
print("the pipe ends", os.read(reader, 1))
ours, theirs = socket.socketpair()
with redirected(1, ours.fileno()):
    ours.close()
    print("through a socket")
print(theirs.recv(999), theirs.recv(1))
with open(os.devnull, "w") as nowhere, redirected(1, nowhere.fileno()):
    print("unheard")
with open("/dev/full", "w") as full, redirected(1, full.fileno()):
    found = failure(1)
print("a full device", found)

saved = os.dup(1)
sys.stdout.flush()
os.close(1)
found = failure(1)
with tempfile.TemporaryFile() as file:
    lowest = file.fileno()
os.dup2(saved, 1)
os.close(saved)
print("a closed number", found, lowest)

print(input())
with tempfile.TemporaryFile() as file:
    file.write(b"from a file\nand more\n")
    file.seek(0)
    with redirected(0, file.fileno()):
        print(os.read(0, 12), os.isatty(0))
    with open(os.devnull) as nothing, redirected(0, nothing.fileno()):
        print(os.read(0, 12))
    print(sys.stdin.readline())

text = io.StringIO()
with contextlib.redirect_stdout(text):
    print("in memory")
print(repr(text.getvalue()))
with tempfile.TemporaryFile() as file:
    faulthandler.dump_traceback(file)
    print(b"redirected_streams.py" in content(file))
