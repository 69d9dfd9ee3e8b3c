"""mmap: anonymous memory and files that are read, with everything that their objects do."""
import mmap
import re
import struct

from support import outcome

with mmap.mmap(-1, 16) as memory:
    print(len(memory), memory, memory.closed, memory[:4], memory[3], memory[-1])
    memory[0:5] = b"hello"
    memory[5] = 44
    memory[6:12:2] = b"abc"
    print(memory[:], memory.tell(), memory.read(3), memory.read_byte(), memory.read(), memory.read(1))
    memory.seek(0)
    memory.seek(-4, 2)
    memory.seek(2, 1)
    print(memory.tell(), memory.write(b"xy"), memory.tell())
    outcome("write too much", memory.write, b"z")
    outcome("write a byte too much", memory.write_byte, 1)
    outcome("read a byte too much", memory.read_byte)
    memory.seek(0)
    print(memory.write_byte(72), memory[:1], memory.find(b"l"), memory.find(b"l", 3), memory.rfind(b"l"))
    print(memory.find(b"l", -14, -12), memory.find(b"nothing"), memory.find(b"", 16), memory.find(b"", 9, 3))
    print(memory.move(8, 0, 5), memory[:], memory.flush(), memory.flush(0, 4), list(memory)[:2], b"H" in memory)
    print(re.search(rb"l+", memory).span(), struct.unpack_from("2s", memory, 1), bytes(memory) == memory[:])
    view = memoryview(memory)
    view[1:2] = b"E"
    print(memory[:3], view.readonly, view.nbytes)
    outcome("close", memory.close)
    outcome("resize", memory.resize, 8)
    view.release()
    print(memory.resize(8), len(memory), memory[:])
    outcome("index", memory.__getitem__, 8)
    outcome("text as index", memory.__getitem__, "a")
    outcome("large item", memory.__setitem__, 0, 256)
    outcome("bytes as item", memory.__setitem__, 0, b"x")
    outcome("slice", memory.__setitem__, slice(0, 2), b"xyz")
    outcome("deletion", memory.__delitem__, 0)
    outcome("slice deletion", memory.__delitem__, slice(0, 1))
    outcome("move", memory.move, 5, 0, 5)
    outcome("seek", memory.seek, 9)
    outcome("seek how", memory.seek, 0, 5)
    outcome("flush", memory.flush, 0, 99)
    outcome("write text", memory.write, "text")
print(memory, memory.closed)
outcome("closed", len, memory)
outcome("closed", memory.read)
outcome("closed", memory.__enter__)

PATH = "/tmp/mapped"
with open(PATH, "wb") as file:
    file.write(b"first line\nsecond line\nthe last one")
with open(PATH, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
    print(memory, memory.size(), memory.readline(), memory.readline(), memory.readline(), memory.readline())
    print(memory[6:10], memory.rfind(b"line"), memory.rfind(b"line", 0), bytes(memory)[-3:])
    print(memoryview(memory).readonly)
    outcome("write", memory.write, b"x")
    outcome("assign", memory.__setitem__, 0, 1)
    outcome("move", memory.move, 0, 1, 1)
    outcome("resize", memory.resize, 5)
    file.close()
    print(memory[:5], memory.size())
with open(PATH, "rb") as file:
    with mmap.mmap(file.fileno(), 5, access=mmap.ACCESS_COPY) as memory:
        memory[0:1] = b"F"
        print(memory, memory[:], file.read(5))
    with mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as memory:
        print(memory, len(memory))
    with mmap.mmap(file.fileno(), 0, flags=mmap.MAP_PRIVATE) as memory:
        memory[-1:] = b"E"
        print(memory, memory[-3:])
    outcome("written by a map", mmap.mmap, file.fileno(), 0)
    outcome("too long", mmap.mmap, file.fileno(), 99, access=mmap.ACCESS_READ)
    outcome("begins too late", mmap.mmap, file.fileno(), 0, access=mmap.ACCESS_READ, offset=mmap.PAGESIZE)
    outcome("begins within a page", mmap.mmap, file.fileno(), 0, access=mmap.ACCESS_READ, offset=5)
    outcome("access and flags", mmap.mmap, file.fileno(), 0, mmap.MAP_PRIVATE, access=mmap.ACCESS_READ)
with open(PATH, "wb") as file:
    outcome("empty", mmap.mmap, file.fileno(), 0, access=mmap.ACCESS_READ)
outcome("closed file", mmap.mmap, 99, 0, access=mmap.ACCESS_READ)
outcome("no length", mmap.mmap, -1, 0)
outcome("negative length", mmap.mmap, -1, -1)
outcome("negative offset", mmap.mmap, -1, 1, offset=-1)
outcome("unknown access", mmap.mmap, -1, 1, access=9)
outcome("neither shared nor private", mmap.mmap, -1, 1, 0)
print(mmap.error is OSError, mmap.PAGESIZE % 4096, mmap.ALLOCATIONGRANULARITY == mmap.PAGESIZE, mmap.MAP_ANONYMOUS)
