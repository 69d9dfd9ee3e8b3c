# ways: run threads wasmtime-threads
"""Pipes between threads: reading waits for writing, writing for room, and select sees both."""
import os
import select
import threading

reader, writer = os.pipe()
received = []


def read():
    while data := os.read(reader, 100_000):
        received.append(data)


reading = threading.Thread(target=read)
reading.start()
for _ in range(20):
    view = memoryview(b"x" * 50_000)
    while view:
        view = view[os.write(writer, view) :]
os.close(writer)
reading.join()
os.close(reader)
print(sum(map(len, received)))

reader, writer = os.pipe()
ready = []
selecting = threading.Thread(target=lambda: ready.extend(select.select([reader], [], [], 20)[0]))
selecting.start()
polling = threading.Thread(target=lambda: ready.append(wait_with_poll(reader)))


def wait_with_poll(descriptor):
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return [event for _, event in poll.poll()]


polling.start()
os.write(writer, b"!")
selecting.join()
polling.join()
print(reader in ready, [select.POLLIN] in ready)

ended = []
waiting = threading.Thread(target=lambda: ended.append(os.read(writer_end[0], 1)))
writer_end = os.pipe()
waiting.start()
os.close(writer_end[1])
waiting.join()
print(ended)
