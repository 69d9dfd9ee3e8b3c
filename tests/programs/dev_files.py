"""Devices below /dev, and the names of standard streams, are there without a folder."""
import contextlib
import os
import stat
import sys
from pathlib import Path

with open(os.devnull) as file:
    print(file.name, repr(file.read()), file.seekable(), file.isatty())
with open(os.devnull, "w") as file, contextlib.redirect_stdout(file):
    print("unheard")
print(Path("/dev/null").read_bytes(), Path("/dev/null").write_text("gone"))
with open("/dev/zero", "rb", buffering=0) as file:
    print(file.read(4), os.fstat(file.fileno()).st_size)
with open("/dev/urandom", "rb") as file:
    print(len(file.read(16)), file.read(8) == file.read(8))
with open("/dev/full", "wb", buffering=0) as file:
    try:
        file.write(b"x")
    except OSError as error:
        print(type(error).__name__, error.strerror)
for path in ("/dev/null", "/dev/zero", "/dev/urandom", "/dev"):
    mode = os.stat(path).st_mode
    print(path, stat.S_ISCHR(mode), stat.S_ISDIR(mode), os.path.exists(path), os.access(path, os.R_OK))
descriptor = os.open(os.devnull, os.O_RDWR)
print(os.write(descriptor, b"abc"), os.read(descriptor, 3), os.lseek(descriptor, 0, os.SEEK_END))
os.close(descriptor)
reader, writer = os.pipe()
with open(f"/dev/fd/{writer}", "wb", buffering=0) as copy:
    copy.write(b"by name")
print(os.read(reader, 99))
sys.stdout.flush()
with open("/dev/stdout", "w") as file:
    file.write("to standard output by name\n")
for path in ("/dev/nothing", "/dev/fd/999", "/dev/null/x"):
    try:
        open(path)
    except OSError as error:
        print(type(error).__name__, error.filename)
try:
    open("/dev")
except OSError as error:
    print(type(error).__name__, error.filename)
