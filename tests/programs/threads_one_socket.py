# ways: run threads wasmtime-threads
"""Several threads send on one socket and several receive from one, in random ways: whatever they do, nothing is lost, and nothing comes twice."""
import collections
import random
import select
import socket
import threading

SEEDS = range(12)
SENDERS, RECEIVERS, MESSAGES = 3, 3, 40
END = b"end"


def pair_of_tcp():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        return near, listener.accept()[0]


def send(rng, end, data):
    """One message, or one piece of a stream, which no other thread's gets between."""
    way = rng.randrange(3)
    while way == 0:
        try:
            return end.send(data, socket.MSG_DONTWAIT)
        except BlockingIOError:
            select.select([], [end], [])
    return end.send(data) if way == 1 else end.sendmsg([data[:2], data[2:]])


def receive(rng, end, room):
    """What has arrived, in one of many ways to ask for it."""
    way = rng.randrange(4)
    if way == 0:
        return end.recv(room)
    if way == 1:
        buffer = bytearray(room)
        return bytes(buffer[: end.recv_into(buffer)])
    while True:
        try:
            if way == 2:
                # Another thread may take what was seen.
                end.recv(room, socket.MSG_PEEK | socket.MSG_DONTWAIT)
            return end.recv(room, socket.MSG_DONTWAIT)
        except BlockingIOError:
            select.select([end], [], [])


def sender(seed, number, end, is_stream):
    rng = random.Random(f"{seed} {number}")
    for index in range(MESSAGES):
        data = bytes([number, index]) + bytes(rng.randrange(2, 60))
        sent = send(rng, end, data)
        # A stream may take less, but has room for all that is sent here.
        if sent != len(data):
            faults.append(("sent", number, index, sent))
        if is_stream:
            sums[number] += len(data)


def receiver(seed, number, end, is_stream, taken):
    rng = random.Random(f"{seed} receiver {number}")
    while data := receive(rng, end, rng.randrange(1, 200) if is_stream else 200):
        if data == END:
            return
        taken.append(data)


def run(seed, near, far, is_stream):
    taken = [[] for _ in range(RECEIVERS)]
    senders = [threading.Thread(target=sender, args=(seed, n, near, is_stream)) for n in range(SENDERS)]
    receivers = [
        threading.Thread(target=receiver, args=(seed, n, far, is_stream, taken[n])) for n in range(RECEIVERS)
    ]
    threads = receivers + senders
    random.Random(seed).shuffle(threads)
    for thread in threads:
        thread.start()
    for thread in senders:
        thread.join()
    if is_stream:
        near.shutdown(socket.SHUT_WR)
    else:
        for _ in receivers:
            near.send(END)
    for thread in receivers:
        thread.join()
    near.close()
    far.close()
    return taken


def check_stream(taken):
    if (length := sum(len(data) for one in taken for data in one)) != sum(sums.values()):
        faults.append(("received", length))


def check_messages(taken):
    counts = collections.Counter(data[:2] for one in taken for data in one)
    wanted = {bytes([number, index]) for number in range(SENDERS) for index in range(MESSAGES)}
    if set(counts) != wanted or set(counts.values()) != {1}:
        faults.append(("messages", len(counts), counts.most_common(1)))
    for one in taken:
        for number in range(SENDERS):
            order = [data[1] for data in one if data[0] == number]
            if order != sorted(order):
                faults.append(("order", number))


KINDS = {
    "a stream in memory": (lambda: socket.socketpair(), True),
    "messages in memory": (lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM), False),
    "TCP": (pair_of_tcp, True),
}
for name, (make, is_stream) in KINDS.items():
    faults, sums = [], collections.Counter()
    for seed in SEEDS:
        sums.clear()
        taken = run(seed, *make(), is_stream)
        (check_stream if is_stream else check_messages)(taken)
    print(name, faults)
# The control: what is lost, or comes twice, is found.
faults = []
check_messages([[bytes([0, 0])], [bytes([0, 0])]])
sums["one"] += 1
check_stream([[]])
print("control:", [fault[0] for fault in faults])
