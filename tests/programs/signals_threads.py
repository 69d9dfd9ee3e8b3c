# ways: run threads
"""Signals in a program with threads: handlers run in the main one, whatever that waits for and whoever computes."""
import queue
import select
import signal
import socket
import threading
import time

SOON, LONG = 0.03, 60


class Over(Exception):
    pass


def end(number, frame):
    raise Over(threading.current_thread().name)


def ended(name, wait, *arguments):
    signal.setitimer(signal.ITIMER_REAL, SOON)
    try:
        print(name, "answers", wait(*arguments))
    except Over as over:
        print(name, "is ended in", over)


signal.signal(signal.SIGALRM, end)
held = threading.Lock()
held.acquire()
left, right = socket.socketpair()
is_over = threading.Event()


def waits():
    """All that the main thread can wait for."""
    ended("a lock", held.acquire)
    ended("a lock with a timeout", held.acquire, True, LONG)
    ended("an event", threading.Event().wait)
    ended("a condition", wait_for_condition)
    ended("a semaphore", threading.Semaphore(0).acquire)
    ended("a queue", queue.Queue().get)
    ended("a simple queue", queue.SimpleQueue().get)
    ended("recv", left.recv, 1)
    ended("select", select.select, [left], [], [], LONG)
    ended("sleep", time.sleep, LONG)
    ended("pause", signal.pause)


def wait_for_condition():
    condition = threading.Condition()
    with condition:
        condition.wait()


def compute():
    while not is_over.is_set():
        pass


print("alone")
waits()
waiting = threading.Thread(target=is_over.wait)
waiting.start()
print("beside one that waits")
waits()
ended("join", waiting.join)
is_over.set()
waiting.join()
is_over.clear()
computing = threading.Thread(target=compute)
computing.start()
print("beside one that computes")
waits()
ended("join", computing.join)
is_over.set()
computing.join()

signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
answers = queue.SimpleQueue()
threading.Thread(target=lambda: answers.put(signal.sigwait({signal.SIGALRM}))).start()
signal.setitimer(signal.ITIMER_REAL, SOON)
print("a thread that waits for signals", answers.get())

for number in range(200):
    thread = threading.Thread(target=time.sleep, args=(0,))
    thread.start()
    thread.join()
print("done")
