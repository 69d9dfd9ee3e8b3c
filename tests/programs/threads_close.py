# ways: run threads wasmtime-threads
"""What becomes of a wait when another thread closes the socket, shuts it down, or puts another one into its place."""
import os
import platform
import socket
import threading

#: The numbers of recvfrom and accept4 in Linux's table of calls.
CALLS = {"x86_64": {"45", "288"}, "aarch64": {"207", "242"}}


def is_inside(thread):
    """Whether it waits inside its call: natively the kernel says so."""
    if not os.path.exists("/proc/self/task"):
        # A guest's threads run one at a time, and this one only runs again when the other one waits.
        return True
    with open(f"/proc/self/task/{thread.native_id}/syscall") as call:
        return call.read().split()[0] in CALLS[platform.machine()]


def waiting(what, call):
    """A thread that waits inside `call`, and tells what came out."""

    def run():
        started.set()
        try:
            result = call()
        except OSError as error:
            result = error.errno and os.strerror(error.errno)
        results[what] = result

    started = threading.Event()
    thread = threading.Thread(target=run)
    thread.start()
    started.wait()
    while not is_inside(thread):
        pass
    return thread


def ended(thread, what):
    thread.join(timeout=20)
    return results.get(what, "it still waits")


results = {}

# The wait goes on, and the connection lives as long as it.
near, far = socket.socketpair()
receiver = waiting("recv", lambda: near.recv(100))
near.close()
print("closed:", near.fileno(), "and it waits:", receiver.is_alive())
far.sendall(b"late")
print("recv:", ended(receiver, "recv"))
print("then the end:", far.recv(100))
far.close()

# So does one for a datagram.
receiving = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiving.bind(("127.0.0.1", 0))
address = receiving.getsockname()
receiver = waiting("recvfrom", lambda: receiving.recvfrom(100)[0])
receiving.close()
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
    sender.sendto(b"a datagram", address)
    print("recvfrom:", ended(receiver, "recvfrom"))

# A listener that is closed accepts for the one that waits, and for nobody after it.
listener = socket.create_server(("127.0.0.1", 0))
address = listener.getsockname()
acceptor = waiting("accept", lambda: listener.accept()[0])
listener.close()
with socket.create_connection(address, timeout=20) as client:
    accepted = ended(acceptor, "accept")
    accepted.sendall(b"accepted")
    print("accept:", client.recv(100))
    accepted.close()
try:
    socket.create_connection(address, timeout=20)
except ConnectionRefusedError as error:
    print("and then:", error.strerror)

# The number may be another socket's before the wait ends: what comes for that one is not the waiting thread's.
near, far = socket.socketpair()
other, other_far = socket.socketpair()
receiver = waiting("dup2", lambda: near.recv(100))
os.dup2(other.fileno(), near.fileno())
other_far.sendall(b"for the other one")
print("dup2: it waits:", receiver.is_alive())
far.sendall(b"for the one of before")
print("dup2:", ended(receiver, "dup2"))
print("the number's now:", near.recv(100))
for end in (near, far, other, other_far):
    end.close()

# A socket that is shut down ends the wait.
near, far = socket.socketpair()
receiver = waiting("shutdown", lambda: near.recv(100))
near.shutdown(socket.SHUT_RD)
print("shutdown:", ended(receiver, "shutdown"))
near.close()
far.close()
