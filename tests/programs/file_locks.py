"""Locks on files within the program: flock excludes other open files, record locks never do."""
import fcntl
import os
import struct

from support import outcome

PATH = "/tmp/locked"
NOW = fcntl.LOCK_NB
with open(PATH, "w") as file:
    file.write("content")
first, second = open(PATH, "r+"), open(PATH, "r+")
fcntl.flock(first, fcntl.LOCK_EX)
outcome("exclusive, again", fcntl.flock, first, fcntl.LOCK_EX | NOW)
outcome("exclusive, another", fcntl.flock, second, fcntl.LOCK_EX | NOW)
outcome("shared, another", fcntl.flock, second, fcntl.LOCK_SH | NOW)
outcome("shared, instead", fcntl.flock, first, fcntl.LOCK_SH | NOW)
outcome("shared, too", fcntl.flock, second, fcntl.LOCK_SH | NOW)
outcome("exclusive of both", fcntl.flock, second, fcntl.LOCK_EX | NOW)
outcome("unlock", fcntl.flock, first, fcntl.LOCK_UN)
outcome("exclusive, now", fcntl.flock, second, fcntl.LOCK_EX | NOW)
second.close()
outcome("closing unlocks", fcntl.flock, first, fcntl.LOCK_EX | NOW)
outcome("no operation", fcntl.flock, first, 0)
first.close()

numbers = [os.open(PATH, os.O_RDWR) for _ in range(2)]
fcntl.flock(numbers[0], fcntl.LOCK_EX | NOW)
outcome("by number", fcntl.flock, numbers[1], fcntl.LOCK_EX | NOW)
os.close(numbers[0])
outcome("closing unlocks", fcntl.flock, numbers[1], fcntl.LOCK_EX | NOW)
with open(PATH) as reading, open(PATH, "a") as writing:
    outcome("read lock", fcntl.lockf, reading, fcntl.LOCK_SH | NOW)
    outcome("write lock of what is read", fcntl.lockf, reading, fcntl.LOCK_EX | NOW)
    outcome("read lock of what is written", fcntl.lockf, writing, fcntl.LOCK_SH | NOW)
    outcome("write lock", fcntl.lockf, writing, fcntl.LOCK_EX | NOW, 10, 2)
    outcome("write lock of the same", fcntl.lockf, numbers[1], fcntl.LOCK_EX)
    outcome("unlock", fcntl.lockf, writing, fcntl.LOCK_UN)
    outcome("no lock", fcntl.lockf, writing, 0)
    record = struct.pack("hhllhh", fcntl.F_RDLCK, 0, 0, 0, 0, 0)
    print(struct.unpack_from("h", fcntl.fcntl(reading, fcntl.F_GETLK, record))[0] == fcntl.F_UNLCK)
    print(fcntl.fcntl(reading, fcntl.F_SETLK, record)[:2] == record[:2])
    outcome("os.lockf", os.lockf, numbers[1], os.F_TLOCK, 5)
    outcome("os.lockf of what is read", os.lockf, reading.fileno(), os.F_LOCK, 0)
    outcome("os.lockf test", os.lockf, numbers[1], os.F_TEST, 0)
    outcome("os.lockf 9", os.lockf, numbers[1], 9, 0)
os.close(numbers[1])
outcome("closed", fcntl.flock, numbers[1], fcntl.LOCK_EX)
outcome("text", fcntl.flock, PATH, fcntl.LOCK_EX)
os.unlink(PATH)
