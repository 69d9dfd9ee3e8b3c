"""os.dup, os.dup2 and F_DUPFD of files: one offset for all, the lowest free number, and each number closed by itself."""
import fcntl
import os
import shutil
import tempfile

from support import outcome

folder = tempfile.mkdtemp()
path = os.path.join(folder, "shared")
first = os.open(path, os.O_RDWR | os.O_CREAT)
copy = os.dup(first)
print("next to each other", copy - first, os.get_inheritable(first), os.get_inheritable(copy))
os.write(first, b"one ")
os.write(copy, b"two ")
print(os.lseek(first, 0, os.SEEK_CUR), os.lseek(copy, 4, os.SEEK_SET), os.read(first, 99))
print(os.path.samestat(os.fstat(first), os.fstat(copy)), os.fstat(copy).st_size)
os.close(first)
print(os.pread(copy, 3, 0), os.ftruncate(copy, 3), os.fsync(copy), os.fstat(copy).st_size)
outcome("closed", os.read, first, 1)
outcome("closed again", os.close, first)
outcome("dup of closed", os.dup, first)
print("lowest free", os.open(path, os.O_RDONLY) == first)

print("onto an open one", os.dup2(copy, first) == first, os.get_inheritable(first), os.pread(first, 9, 0))
print("onto itself", os.dup2(first, first) == first, os.read(first, 0))
outcome("onto itself, not inheritable", os.dup2, first, first, inheritable=False)
print("not inheritable", os.dup2(copy, first, False) == first, os.get_inheritable(first))
os.close(first)
outcome("closed onto open", os.dup2, first, copy)
outcome("closed onto itself", os.dup2, first, first)
outcome("onto a negative one", os.dup2, copy, -1)
high = os.dup2(copy, copy + 100)
print("onto a closed one", high - copy, os.pread(high, 9, 0))
os.close(high)
least = fcntl.fcntl(copy, fcntl.F_DUPFD, copy + 50)
other = fcntl.fcntl(copy, fcntl.F_DUPFD_CLOEXEC, copy + 50)
print("not lower than", least - copy, other - copy, os.get_inheritable(least), os.get_inheritable(other))
print(fcntl.fcntl(least, fcntl.F_GETFD), fcntl.fcntl(least, fcntl.F_SETFD, fcntl.FD_CLOEXEC), os.get_inheritable(least))
outcome("not lower than -1", fcntl.fcntl, copy, fcntl.F_DUPFD, -1)
outcome("of a closed one", fcntl.fcntl, first, fcntl.F_DUPFD, 0)
os.closerange(copy + 1, copy + 100)
outcome("closed with its range", os.fstat, least)

with os.fdopen(os.dup(copy), "w+") as file:
    print(file.seek(0, os.SEEK_END), file.write(" and three"), file.seek(0), file.read())
print(os.fstat(copy).st_size)
with open(copy, "rb", closefd=False) as file:
    print(file.seek(0), file.read(3), file.isatty())
os.close(copy)

with tempfile.TemporaryFile() as temporary:
    duplicate = os.dup(temporary.fileno())
    temporary.write(b"nowhere by name")
os.lseek(duplicate, 0, os.SEEK_SET)
print(os.read(duplicate, 99))
os.close(duplicate)
print(shutil.copyfile(path, path + ".copy") == path + ".copy", open(path + ".copy").read())

reader, writer = os.pipe()
file = os.open(path, os.O_RDWR | os.O_TRUNC)
os.dup2(writer, file)
os.write(file, b"by the pipe")
print(os.path.getsize(path), os.read(reader, 99))
os.close(writer)
print("held by the copy", os.get_blocking(reader), os.close(file), os.read(reader, 99))
file = os.open(path, os.O_RDWR)
os.dup2(file, reader)
os.write(reader, b"by the file")
print(os.path.getsize(path))
os.close(file)
os.close(reader)
shutil.rmtree(folder)
