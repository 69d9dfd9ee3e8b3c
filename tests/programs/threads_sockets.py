# ways: run threads wasmtime-threads
"""Threads and sockets: a thread for each connection, two threads on one socket, and what one does to another one's wait."""
import select
import socket
import threading

from support import normal


def serve(connection):
    with connection:
        while data := connection.recv(4096):
            connection.sendall(data.upper())


def accept(listener):
    while True:
        try:
            connection, _ = listener.accept()
        except OSError as error:
            print("accept ends:", normal(type(error).__name__))
            return
        threading.Thread(target=serve, args=(connection,)).start()


def ask(address, name, answers):
    with socket.create_connection(address, timeout=20) as connection:
        for number in range(20):
            connection.sendall(f"{name} {number}".encode())
            answers[name] = connection.recv(4096).decode()


listener = socket.create_server(("127.0.0.1", 0))
acceptor = threading.Thread(target=accept, args=(listener,))
acceptor.start()
answers = {}
clients = [threading.Thread(target=ask, args=(listener.getsockname(), f"client-{n}", answers)) for n in range(8)]
for client in clients:
    client.start()
for client in clients:
    client.join()
print(sorted(answers.items()))
listener.shutdown(socket.SHUT_RDWR)  # ends the wait in accept(), which close() would not
acceptor.join()
listener.close()

# One thread sends what the other one receives, on the same socket.
near, far = socket.socketpair()
far_end = threading.Thread(target=serve, args=(far,))
far_end.start()
received = []


def receive():
    while data := near.recv(65536):
        received.append(data)


receiver = threading.Thread(target=receive)
receiver.start()
for number in range(50):
    near.sendall(b"x" * 10_000)
near.shutdown(socket.SHUT_WR)
receiver.join()
far_end.join()
print("through one socket both ways:", sum(map(len, received)), set(b"".join(received)) == {ord("X")})

# What arrives during a wait ends it.
near, far = socket.socketpair()
waits = threading.Event()
ends = []


def wait_in_vain():
    waits.set()
    try:
        ends.append(near.recv(10))
    except OSError as error:
        ends.append(type(error).__name__)


waiter = threading.Thread(target=wait_in_vain)
waiter.start()
waits.wait()
far.sendall(b"late")
waiter.join()
print("a wait ends with", ends)

# What one thread makes readable, another one's poll and select see.
poll = select.poll()
near, far = socket.socketpair()
poll.register(near, select.POLLIN)
found = []
pollers = [
    threading.Thread(target=lambda: found.append(("poll", len(poll.poll(20_000))))),
    threading.Thread(target=lambda: found.append(("select", len(select.select([near], [], [], 20)[0])))),
]
for poller in pollers:
    poller.start()
while True:
    try:
        poll.poll(0)
    except RuntimeError as error:
        print("RuntimeError:", error)
        break
far.send(b"now")
for poller in pollers:
    poller.join()
print(sorted(found))

# Time-outs in several threads at once.
near, far = socket.socketpair()
timed_out = []


def time_out(seconds):
    other = near.dup()
    other.settimeout(seconds)
    try:
        other.recv(1)
    except TimeoutError as error:
        timed_out.append((seconds, str(error)))


waiters = [threading.Thread(target=time_out, args=(seconds,)) for seconds in (0.03, 0.01, 0.02)]
for waiter in waiters:
    waiter.start()
for waiter in waiters:
    waiter.join()
print(sorted(timed_out))
