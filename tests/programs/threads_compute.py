# ways: run threads wasmtime-threads
"""Threads that compute: none of them keeps the others from their turn, or from what they wait for."""
import socket
import threading
import time

stop, spins = [], [0, 0, 0]


def spin(place):
    while not stop:
        spins[place] += 1


spinning = [threading.Thread(target=spin, args=(place,)) for place in range(3)]
for thread in spinning:
    thread.start()
while not all(spins):
    time.sleep(0.001)
near, far = socket.socketpair()
rounds = []


def echo():
    while data := far.recv(10):
        far.send(data)


echoing = threading.Thread(target=echo)
echoing.start()
for number in range(5):
    near.send(b"%d" % number)
    rounds.append(near.recv(10))
near.close()
echoing.join()
before = list(spins)
while not all(now > then for now, then in zip(spins, before)):
    pass  # this thread computes as well
stop.append(True)
for thread in spinning:
    thread.join()
print(rounds, all(spins))

flag = []
timer = threading.Timer(0.01, flag.append, [True])
timer.start()
while not flag:
    pass
print("a timer rang while this thread computed")

count, lock = [0], threading.Lock()


def add():
    for _ in range(100):
        with lock:
            count[0] += 1


adding = [threading.Thread(target=add) for _ in range(200)]
for thread in adding:
    thread.start()
for thread in adding:
    thread.join()
print(count[0])
