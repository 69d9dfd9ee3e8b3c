# ways: run threads single
"""Signals that arrive from outside, which here are those of a timer: while the program computes, and in each of its waits."""
import asyncio
import errno
import os
import select
import signal
import socket
import time

from support import outcome

SOON, LONG = 0.03, 60


class Over(Exception):
    pass


def end(number, frame):
    raise Over(signal.Signals(number).name)


def ended(name, wait, *arguments):
    """A handler that raises ends the wait."""
    signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, SOON)
    try:
        print(name, "answers", wait(*arguments))
    except Over as over:
        print(name, "is ended by", over)


def compute():
    while True:
        pass


def call():
    def nothing():
        pass

    while True:
        nothing()


left, right = socket.socketpair()
with_timeout, other = socket.socketpair()
with_timeout.settimeout(LONG)
listener = socket.create_server(("127.0.0.1", 0))
datagrams = socket.socket(type=socket.SOCK_DGRAM)
datagrams.bind(("127.0.0.1", 0))
reader, writer = os.pipe()
poll = select.poll()
poll.register(left, select.POLLIN)
epoll = select.epoll()
epoll.register(left, select.EPOLLIN)

ended("a loop", compute)
ended("calls", call)
ended("sleep", time.sleep, LONG)
ended("pause", signal.pause)
ended("recv", left.recv, 1)
ended("recv with a timeout", with_timeout.recv, 1)
ended("recv_into", left.recv_into, bytearray(1))
ended("recvmsg", left.recvmsg, 1)
ended("recvfrom", datagrams.recvfrom, 1)
ended("accept", listener.accept)
ended("sendall", right.sendall, bytes(64 << 20))
ended("read of a pipe", os.read, reader, 1)
ended("makefile", left.makefile("rb").read)
ended("select", select.select, [datagrams], [], [])
ended("select with a timeout", select.select, [datagrams], [], [], LONG)
ended("select of nothing", select.select, [], [], [])
ended("poll", select.poll().poll)
left.close()
right.close()
left, right = socket.socketpair()
poll.register(left, select.POLLIN)
ended("poll of a socket", poll.poll)
ended("poll with a timeout", poll.poll, LONG * 1000)
epoll.register(left, select.EPOLLIN)
ended("epoll", epoll.poll)
ended("epoll with a timeout", epoll.poll, LONG)
ended("asyncio", lambda: asyncio.run(asyncio.sleep(LONG)))

count = 0


def tick(number, frame):
    global count
    count += 1
    if count == 3:
        right.send(b"three")


def resumed(name, wait, *arguments):
    """A handler that returns does not end the wait, and does not make it longer."""
    global count
    count = 0
    signal.signal(signal.SIGALRM, tick)
    signal.setitimer(signal.ITIMER_REAL, SOON, SOON)
    start = time.monotonic()
    outcome(name, wait, *arguments)
    took = time.monotonic() - start
    signal.setitimer(signal.ITIMER_REAL, 0)
    print(name, "was interrupted", count >= 3, "and took", "long" if took > LONG / 2 else "as long as it should")


resumed("recv", left.recv, 10)
resumed("select", select.select, [datagrams], [], [], 0.3)
with_timeout.settimeout(0.3)
resumed("recv with a timeout", with_timeout.recv, 1)
start = time.monotonic()
resumed("sleep", time.sleep, 0.3)
print("slept", time.monotonic() - start >= 0.3)

left.setblocking(False)
right.setblocking(False)
while left in select.select([left], [], [], 0)[0]:
    left.recv(100)
signal.signal(signal.SIGALRM, lambda number, frame: None)
signal.set_wakeup_fd(right.fileno())
signal.setitimer(signal.ITIMER_REAL, SOON)
print(select.select([left], [], [], LONG)[0] == [left], left.recv(10))
signal.set_wakeup_fd(-1)


async def wait_for_signal():
    arrived = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGALRM, arrived.set)
    signal.setitimer(signal.ITIMER_REAL, SOON)
    await arrived.wait()
    print("asyncio's handler", loop.remove_signal_handler(signal.SIGALRM))


asyncio.run(wait_for_signal())

signal.signal(signal.SIGALRM, end)
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
signal.setitimer(signal.ITIMER_REAL, SOON)
print("sigwait", signal.sigwait({signal.SIGALRM, signal.SIGUSR1}), signal.sigpending())
print("sigtimedwait", signal.sigtimedwait({signal.SIGALRM}, 0), signal.sigtimedwait({signal.SIGALRM}, SOON))
signal.setitimer(signal.ITIMER_REAL, SOON)
print("sigwaitinfo", signal.sigwaitinfo({signal.SIGALRM}).si_signo)
signal.setitimer(signal.ITIMER_REAL, SOON)
while not signal.sigpending():
    pass
try:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
except Over as over:
    print("unblocked", over)

print("alarm", signal.alarm(100), signal.alarm(0), signal.alarm(0))
print("setitimer", signal.setitimer(signal.ITIMER_REAL, 50, 2))
left_of_it, interval = signal.getitimer(signal.ITIMER_REAL)
print("getitimer", 49 < left_of_it <= 50, interval)
print("cleared", signal.setitimer(signal.ITIMER_REAL, 0)[1], signal.getitimer(signal.ITIMER_REAL))
for arguments in [(7, 1), (signal.ITIMER_REAL, -1)]:
    try:
        signal.setitimer(*arguments)
    except signal.ItimerError as error:
        print("setitimer", arguments, errno.errorcode[error.errno], error.strerror, isinstance(error, OSError))
outcome("an alarm of text", signal.alarm, "1")
outcome("no time at all", signal.sigtimedwait, {signal.SIGALRM}, -1)
