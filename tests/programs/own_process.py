"""The process: its numbers, the processes that it does not have, its processor, and the arithmetic of statuses."""
import os
import resource

from support import outcome

own = os.getpid()
print(os.getpgid(0) == os.getpgrp() == os.getpgid(own), os.getsid(0) == os.getsid(own), type(os.getppid()))
NOBODY = 1 << 22
outcome("getpgid", os.getpgid, NOBODY + 1)
outcome("getsid", os.getsid, NOBODY + 1)
outcome("kill", os.kill, NOBODY + 1, 0)
outcome("kill 99", os.kill, own, 99)
outcome("killpg", os.killpg, NOBODY + 1, 0)
outcome("kill text", os.kill, own, "TERM")
outcome("kill nothing", os.kill, own, 0)
outcome("wait", os.wait)
outcome("waitpid", os.waitpid, -1, os.WNOHANG)
outcome("wait3", os.wait3, os.WNOHANG)
outcome("waitid", os.waitid, os.P_ALL, 0, os.WEXITED)
outcome("execv", os.execv, "/nowhere/program", ["program"])
outcome("execv", os.execv, "/nowhere/program", [])
outcome("execve", os.execve, "/nowhere/program", ["program"], {})
outcome("execvp", os.execvp, "no such program", ["program"])
with open("/tmp/program", "w") as file:
    file.write("#!/bin/sh\n")
outcome("execv of what is not executable", os.execv, "/tmp/program", ["program"])
os.unlink("/tmp/program")

for status in (0, 0x100, 0xFF00, 9, 0x8B, 0x137F, 0x7F, 0xFFFF, -1):
    tests = os.WIFEXITED, os.WIFSIGNALED, os.WIFSTOPPED, os.WIFCONTINUED, os.WCOREDUMP
    values = os.WEXITSTATUS, os.WTERMSIG, os.WSTOPSIG
    print(status, [test(status) for test in tests], [value(status) for value in values], end=" ")
    outcome("code", os.waitstatus_to_exitcode, status)
outcome("code of text", os.waitstatus_to_exitcode, "1")
outcome("code of much", os.waitstatus_to_exitcode, 1 << 31)

print(0 in os.sched_getaffinity(0) or "elsewhere", len(os.sched_getaffinity(own)) >= 1)
outcome("affinity", os.sched_setaffinity, 0, os.sched_getaffinity(0))
outcome("no affinity", os.sched_setaffinity, 0, [])
outcome("negative affinity", os.sched_setaffinity, 0, [-1])
outcome("affinity of nobody", os.sched_getaffinity, NOBODY + 1)
print(os.getpriority(os.PRIO_PROCESS, 0) == os.getpriority(os.PRIO_PROCESS, own) == os.nice(0))
before = os.nice(0)
print(os.nice(1) - before in (0, 1), os.getpriority(os.PRIO_PROCESS, 0) - before in (0, 1))
outcome("priority of whom", os.getpriority, 9, 0)
outcome("priority of nobody", os.getpriority, os.PRIO_PROCESS, NOBODY + 1)
print(len(os.getrandom(16)), os.getrandom(8) == os.getrandom(8, os.GRND_NONBLOCK))
outcome("getrandom", os.getrandom, -1)
outcome("getrandom flags", os.getrandom, 1, 1 << 20)
for device in (0, 2049, 66309, 1 << 20, (1 << 44) + 5):
    print(os.major(device), os.minor(device), os.makedev(os.major(device), os.minor(device)) == device)
os.sync()

usage = resource.getrusage(resource.RUSAGE_SELF)
print(type(usage), len(usage), usage.ru_utime + usage.ru_stime > 0, repr(usage).partition("=")[0])
print(type(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime), resource.RLIM_INFINITY, resource.error is OSError)
limits = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, limits)
print(resource.prlimit(0, resource.RLIMIT_NOFILE) == limits, limits[0] <= limits[1], resource.getpagesize() % 4096)
outcome("getrusage", resource.getrusage, 9)
outcome("getrlimit", resource.getrlimit, 99)
outcome("setrlimit", resource.setrlimit, resource.RLIMIT_NOFILE, (5, 4))
outcome("setrlimit", resource.setrlimit, resource.RLIMIT_NOFILE, (5,))
outcome("setrlimit", resource.setrlimit, 99, (5, 5))
outcome("prlimit", resource.prlimit, NOBODY + 1, resource.RLIMIT_NOFILE)
