"""Signals that a program sends to itself: handlers, blocked ones, the wakeup descriptor and asyncio."""
import asyncio
import os
import signal
import socket
import threading

from support import outcome


def handler(number, frame):
    print("handler", signal.Signals(number).name, frame is not None)


own = os.getpid()
# Whoever started the program may have had them ignored.
signal.signal(signal.SIGHUP, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)
signal.signal(signal.SIGUSR1, handler)
signal.signal(signal.SIGUSR2, signal.SIG_IGN)
os.kill(own, signal.SIGUSR1)
signal.raise_signal(signal.SIGUSR1)
signal.pthread_kill(threading.get_ident(), signal.SIGUSR1)
for number in (signal.SIGUSR2, signal.SIGCHLD, signal.SIGURG, signal.SIGWINCH, signal.SIGCONT, signal.SIGPIPE):
    os.kill(own, number)
try:
    os.kill(own, signal.SIGINT)
except KeyboardInterrupt as interrupt:
    print("interrupt", interrupt.args)
outcome("raise 0", signal.raise_signal, 0)
outcome("raise 99", signal.raise_signal, 99)
outcome("raise -1", signal.raise_signal, -1)
print(signal.getsignal(signal.SIGPIPE).name, signal.getsignal(signal.SIGTERM).name, signal.getsignal(signal.SIGINT).__name__)

valid = signal.valid_signals()
print(signal.SIGTERM in valid, 0 in valid, 32 in valid, 64 in valid, signal.NSIG, signal.SIGRTMIN in valid, len(valid))
print(signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGTERM]), signal.sigpending())
os.kill(own, signal.SIGUSR1)
signal.raise_signal(signal.SIGTERM)
print(sorted(signal.sigpending()), sorted(signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGKILL, 40})))
signal.signal(signal.SIGTERM, handler)
print(signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1]) == {signal.SIGUSR1, signal.SIGTERM, 40})
print(sorted(signal.sigpending()), signal.pthread_sigmask(signal.SIG_SETMASK, []) == {signal.SIGTERM, 40})
print(signal.sigpending(), type(signal.SIG_BLOCK).__name__)
outcome("mask how", signal.pthread_sigmask, 9, [1])
outcome("mask of 0", signal.pthread_sigmask, signal.SIG_BLOCK, [0])
outcome("mask of 65", signal.pthread_sigmask, signal.SIG_BLOCK, [65])
outcome("mask of a number", signal.pthread_sigmask, signal.SIG_BLOCK, 1)
outcome("siginterrupt", signal.siginterrupt, signal.SIGUSR1, False)
outcome("siginterrupt 0", signal.siginterrupt, 0, False)
outcome("siginterrupt KILL", signal.siginterrupt, signal.SIGKILL, False)
print(signal.strsignal(signal.SIGTERM), signal.strsignal(signal.SIGCHLD), signal.strsignal(40), signal.strsignal(32))
outcome("strsignal", signal.strsignal, 65)

left, right = socket.socketpair()
left.setblocking(False)
right.setblocking(False)
signal.set_wakeup_fd(right.fileno())
os.kill(own, signal.SIGUSR1)
os.kill(own, signal.SIGUSR2)
print(left.recv(9) == bytes([signal.SIGUSR1]))
signal.set_wakeup_fd(-1)


async def main():
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    os.kill(own, signal.SIGTERM)
    await asyncio.wait_for(stopped.wait(), 30)
    print("asyncio", loop.remove_signal_handler(signal.SIGTERM))


asyncio.run(main())
print(signal.getsignal(signal.SIGTERM).name, flush=True)
os.killpg(0, 0)
