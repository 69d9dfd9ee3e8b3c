"""Modules that expect more of a system can be imported: what is built on them without using it works."""
import _multiprocessing
import _posixshmem
import _posixsubprocess
import _uuid
import importlib
import os
import subprocess
import syslog
import time
import uuid

for name in """
concurrent.futures.process multiprocessing.connection multiprocessing.dummy multiprocessing.pool
multiprocessing.queues multiprocessing.resource_tracker multiprocessing.shared_memory
multiprocessing.synchronize multiprocessing.util pty tty
""".split():
    print(importlib.import_module(name).__name__)
print(_multiprocessing.SemLock.SEM_VALUE_MAX, callable(_multiprocessing.sem_unlink), callable(_posixshmem.shm_open))
print(callable(_posixsubprocess.fork_exec), callable(subprocess.Popen), _uuid.__name__)
print(uuid.uuid1().version, uuid.uuid1() != uuid.uuid1(), 0 < uuid.getnode() < 1 << 48)

syslog.openlog("program", syslog.LOG_PID, syslog.LOG_LOCAL0)
print(syslog.syslog("heard by nobody"), syslog.syslog(syslog.LOG_ERR, "neither"))
print(syslog.setlogmask(syslog.LOG_UPTO(syslog.LOG_ERR)), syslog.setlogmask(0), syslog.LOG_MASK(3), syslog.LOG_UPTO(7))
print(syslog.closelog(), syslog.LOG_CRON, syslog.LOG_LOCAL7, syslog.LOG_PERROR)

print(time.thread_time() <= time.thread_time(), type(time.thread_time_ns()))
print(time.get_clock_info("thread_time").monotonic, time.get_clock_info("monotonic").adjustable)
reader, writer = os.pipe()
with open("/tmp/vectors", "w+b") as file:
    print(os.pwritev(file.fileno(), [b"abc", b"", b"defg"], 2))
    first, second = bytearray(4), bytearray(9)
    print(os.preadv(file.fileno(), [first, second], 1), first, second)
os.unlink("/tmp/vectors")
