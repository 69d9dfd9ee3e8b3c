"""Memory-mapped files: anonymous memory, and files that are not written through their map.

WASI maps nothing. What is mapped is a copy of the file as it is at that time; so a map that would write the file is
refused with `ENODEV`, as by a file system that cannot be mapped.
"""

import errno
import operator
import os
import stat
import sys

from wasocket.arguments import c_int
from wasocket.control import F_GETFL, control
from wasocket.error_numbers import error as _error

error = OSError

ACCESS_DEFAULT, ACCESS_READ, ACCESS_WRITE, ACCESS_COPY = range(4)
PROT_READ, PROT_WRITE, PROT_EXEC = 1, 2, 4
MAP_SHARED, MAP_PRIVATE = 1, 2
MAP_ANON = MAP_ANONYMOUS = 0x20
MAP_DENYWRITE, MAP_EXECUTABLE, MAP_NORESERVE, MAP_POPULATE, MAP_STACK = 0x800, 0x1000, 0x4000, 0x8000, 0x2_0000
PAGESIZE = ALLOCATIONGRANULARITY = os.sysconf("SC_PAGE_SIZE")

_NAMES = {value: name for name, value in list(globals().items()) if name.startswith("ACCESS_")}
#: How much of a file is read at once.
_CHUNK = 1 << 20
#: A consumer of the buffer wants to write to it (PEP 688).
_WRITABLE = 1


class mmap:
    """Maps memory: `mmap(fileno, length, flags, prot, access, offset)`, where `fileno` -1 is no file."""

    def __new__(
        cls,
        fileno,
        length,
        flags=MAP_SHARED,
        prot=PROT_READ | PROT_WRITE,
        access=ACCESS_DEFAULT,
        offset=0,
        *,
        trackfd=True,
    ):
        """See the class."""
        fd, size, start = c_int(fileno), operator.index(length), operator.index(offset)
        flags, prot, access = c_int(flags), c_int(prot), c_int(access)
        if size < 0:
            raise OverflowError("memory mapped length must be positive")
        if start < 0:
            raise OverflowError("memory mapped offset must be positive")
        flags, prot, access = _modes(flags, prot, access)
        sys.audit("mmap.__new__", fd, size, access, start)
        file_size = None
        if fd != -1:
            file_size, size = _sizes(fd, size, start)
        _check(fd, size, start, flags, prot)
        self = object.__new__(cls)
        self._access, self._offset, self._file_size = access, start, file_size
        self._private, self._resizable = bool(flags & MAP_PRIVATE), bool(trackfd)
        self._exports, self._position = 0, 0
        self._data = bytearray(size) if fd == -1 or flags & MAP_ANONYMOUS else _content(fd, size, start)
        return self

    @property
    def closed(self):
        """Whether it was closed."""
        return self._data is None

    def close(self):
        """Give the memory back."""
        if self._exports:
            raise BufferError("cannot close exported pointers exist")
        self._data = None

    def find(self, view, start=None, end=None, /):
        """The lowest index of what is looked for, from the position on if no start is given, or -1."""
        first, last = self._range(start, end)
        return self._valid().find(_octets(view), first, last) if first <= last else -1

    def rfind(self, view, start=None, end=None, /):
        """The highest index of what is looked for, from the position on if no start is given, or -1."""
        first, last = self._range(start, end)
        return self._valid().rfind(_octets(view), first, last) if first <= last else -1

    def flush(self, offset=0, size=None, /):
        """Write changes to the file: there is none that has changed."""
        first, count = operator.index(offset), None if size is None else operator.index(size)
        length = len(self._valid())
        count = length if count is None else count
        if count < 0 or first < 0 or length - first < count:
            raise ValueError("flush values out of range")

    def move(self, dest, src, count, /):
        """Copy bytes within the memory."""
        to, origin, size = operator.index(dest), operator.index(src), operator.index(count)
        data = self._writable()
        if min(to, origin, size) < 0 or len(data) - to < size or len(data) - origin < size:
            raise ValueError("source, destination, or count out of range")
        data[to : to + size] = data[origin : origin + size]

    def read(self, n=None, /):
        """Bytes from the position on, all of them if no number or a negative one is given."""
        wanted = -1 if n is None else operator.index(n)
        data = self._valid()
        rest = max(len(data) - self._position, 0)
        size = rest if wanted < 0 else min(wanted, rest)
        part = bytes(data[self._position : self._position + size])
        self._position += size
        return part

    def read_byte(self):
        """The byte at the position, as a number."""
        data = self._valid()
        if self._position >= len(data):
            raise ValueError("read byte out of range")
        self._position += 1
        return data[self._position - 1]

    def readline(self):
        """Bytes from the position to the end of the line."""
        data = self._valid()
        end = data.find(b"\n", self._position) + 1 or len(data)
        return self.read(max(end - self._position, 0))

    def resize(self, newsize, /):
        """Make anonymous memory smaller, or larger if it is private."""
        size = operator.index(newsize)
        data = self._valid()
        if self._exports:
            raise BufferError("mmap can't resize with extant buffers exported.")
        if not self._resizable:
            raise ValueError("mmap can't resize with trackfd=False.")
        if self._file_size is not None or self._access not in (ACCESS_DEFAULT, ACCESS_WRITE):
            raise TypeError("mmap can't resize a readonly or copy-on-write memory map.")
        if not 0 <= size <= sys.maxsize - self._offset:
            raise ValueError("new size out of range")
        if size > len(data) and not self._private:
            raise ValueError("mmap: can't expand a shared anonymous mapping")
        if size == 0:
            raise _error(errno.EINVAL)
        del data[size:]
        data.extend(bytes(size - len(data)))

    def seek(self, pos, whence=0, /):
        """Set the position, and return it."""
        distance, data = operator.index(pos), self._valid()
        bases = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: len(data)}
        base = bases.get(c_int(whence))
        if base is None:
            raise ValueError("unknown seek type")
        if not 0 <= base + distance <= len(data):
            raise ValueError("seek out of range")
        self._position = base + distance
        return self._position

    def seekable(self):
        """True."""
        return True

    def size(self):
        """The size of the file when it was mapped."""
        self._valid()
        if self._file_size is None:
            raise _error(errno.EBADF)
        return self._file_size

    def tell(self):
        """The position."""
        self._valid()
        return self._position

    def write(self, bytes, /):
        """Write bytes at the position; how many they are."""
        given, data = _octets(bytes), self._writable()
        if len(data) - self._position < len(given):
            raise ValueError("data out of range")
        data[self._position : self._position + len(given)] = given
        self._position += len(given)
        return len(given)

    def write_byte(self, byte, /):
        """Write a byte, given as a number, at the position."""
        value, data = operator.index(byte), self._writable()
        if not 0 <= value <= 255:
            words = "less than minimum" if value < 0 else "greater than maximum"
            raise OverflowError(f"unsigned byte integer is {words}")
        if self._position >= len(data):
            raise ValueError("write byte out of range")
        data[self._position] = value
        self._position += 1

    def __len__(self):
        return len(self._valid())

    def __iter__(self):
        index = 0
        while index < len(self._valid()):
            yield bytes(self._data[index : index + 1])
            index += 1

    def __getitem__(self, index):
        if isinstance(index, slice):
            places = self._slice(index)
            return bytes(self._valid()[places])
        return self._valid()[self._index(index, "mmap indices must be integers")]

    def __setitem__(self, index, value):
        length = len(self._writable())
        if isinstance(index, slice):
            places, given = self._slice(index), _octets(value)
            if len(given) != len(range(*places.indices(length))):
                raise IndexError("mmap slice assignment is wrong size")
            self._writable()[places] = given
            return
        place = self._index(index, "mmap indices must be integer")
        if not hasattr(type(value), "__index__"):
            raise TypeError("mmap item value must be an int")
        number = operator.index(value)
        if not 0 <= number <= 255:
            raise ValueError("mmap item value must be in range(0, 256)")
        self._writable()[place] = number

    def __delitem__(self, index):
        self._writable()
        if isinstance(index, slice):
            raise TypeError("mmap object doesn't support slice deletion")
        self._index(index, "mmap indices must be integer")
        raise TypeError("mmap doesn't support item deletion")

    def __enter__(self):
        self._valid()
        return self

    def __exit__(self, *_):
        self.close()

    def __repr__(self):
        name = "mmap.mmap" if type(self) is mmap else type(self).__name__
        if self._data is None:
            return f"<{name} closed=True>"
        access = _NAMES[self._access]
        place = f"length={len(self._data)}, pos={self._position}, offset={self._offset}"
        return f"<{name} closed=False, access={access}, {place}>"

    def __reduce__(self):
        raise TypeError(f"cannot pickle '{type(self).__module__}.{type(self).__qualname__}' object")

    def __buffer__(self, flags):
        data = self._valid()
        if self._access == ACCESS_READ and flags & _WRITABLE:
            raise BufferError("Object is not writable.")
        view = memoryview(data)
        self._exports += 1
        return view.toreadonly() if self._access == ACCESS_READ else view

    def __release_buffer__(self, view):
        self._exports -= 1
        view.release()

    def _valid(self):
        if self._data is None:
            raise ValueError("mmap closed or invalid")
        return self._data

    def _writable(self):
        data = self._valid()
        if self._access == ACCESS_READ:
            raise TypeError("mmap can't modify a readonly memory map.")
        return data

    def _index(self, index, wrong):
        if not hasattr(type(index), "__index__"):
            raise TypeError(wrong)
        place = operator.index(index)
        length = len(self._valid())
        if not -length <= place < length:
            raise IndexError("mmap index out of range")
        return place % length

    def _slice(self, given):
        """A slice of numbers alone: objects that stand for some may close the map when they are asked."""
        parts = (given.start, given.stop, given.step)
        return slice(*(None if part is None else operator.index(part) for part in parts))

    def _range(self, start, end):
        self._valid()
        first = self._position if start is None else operator.index(start)
        last = None if start is None or end is None else operator.index(end)
        length = len(self._valid())
        last = length if last is None else last
        return tuple(min(max(place + length if place < 0 else place, 0), length) for place in (first, last))


def _modes(flags, prot, access):
    """Flags, protection and access, of which a program gives either the first two or the last."""
    both = PROT_READ | PROT_WRITE
    if access != ACCESS_DEFAULT and (flags != MAP_SHARED or prot != both):
        raise ValueError("mmap can't specify both access and flags, prot.")
    if access == ACCESS_DEFAULT:
        if prot & both == both:
            return flags, prot, ACCESS_DEFAULT
        return flags, prot, ACCESS_WRITE if prot & PROT_WRITE else ACCESS_READ
    if access not in _NAMES:
        raise ValueError("mmap invalid access parameter.")
    return (
        MAP_PRIVATE if access == ACCESS_COPY else MAP_SHARED,
        PROT_READ if access == ACCESS_READ else both,
        access,
    )


def _sizes(fd, size, start):
    """How large a file is, and how much of it is mapped."""
    status = os.fstat(fd)
    if not stat.S_ISREG(status.st_mode):
        raise _error(errno.ENODEV)
    rest = status.st_size - start
    if size == 0:
        if status.st_size == 0:
            raise ValueError("cannot mmap an empty file")
        if rest <= 0:
            raise ValueError("mmap offset is greater than file size")
        size = rest
    elif rest < size:
        raise ValueError("mmap length is greater than file size")
    return status.st_size, size


def _check(fd, size, start, flags, prot):
    """Refuse what Linux refuses, and to write a file."""
    kind = flags & (MAP_SHARED | MAP_PRIVATE)
    if size == 0 or start % PAGESIZE or kind not in (MAP_SHARED, MAP_PRIVATE):
        raise _error(errno.EINVAL)
    if prot & PROT_EXEC:
        raise _error(errno.EPERM)
    if fd == -1:
        return
    mode = control(fd, F_GETFL, 0) & os.O_ACCMODE
    if mode == os.O_WRONLY or (kind == MAP_SHARED and prot & PROT_WRITE and mode != os.O_RDWR):
        raise _error(errno.EACCES)
    if kind == MAP_SHARED and prot & PROT_WRITE:
        raise _error(errno.ENODEV)


def _content(fd, size, start):
    """What is in the file; zeroes where it has ended in the meantime."""
    content = bytearray()
    while len(content) < size:
        part = os.pread(fd, min(size - len(content), _CHUNK), start + len(content))
        if not part:
            break
        content += part
    return content + bytes(size - len(content))


def _octets(value):
    """The bytes of a buffer."""
    if isinstance(value, bytes):
        return value
    try:
        return bytes(memoryview(value))
    except TypeError:
        raise TypeError(f"a bytes-like object is required, not '{type(value).__name__}'") from None
