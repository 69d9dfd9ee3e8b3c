"""Workloads that need threads; a contender without them takes no part."""

import queue
import socket
import socketserver
import threading

from workload import RoundTrip, Workload


class Threaded(Workload):
    """`check` of the base class comes after this one's `prepare`."""

    def prepare(self):
        started = threading.Event()
        try:
            # Where there are no threads, this could only be waited for by running it first.
            waiter = threading.Thread(target=started.wait)
            waiter.start()
        except RuntimeError:
            raise NotImplementedError("threads") from None
        started.set()
        waiter.join()
        super().prepare()


class StartAndJoin(Threaded):
    def run(self, count):
        for _ in range(count):
            thread = threading.Thread(target=int)
            thread.start()
            thread.join()


class QueueRoundTrip(Threaded):
    """A number goes to a thread by a `SimpleQueue`, and comes back by another."""

    def prepare(self):
        super().prepare()
        self.there, self.back = queue.SimpleQueue(), queue.SimpleQueue()
        self.thread = threading.Thread(target=self.answer)
        self.thread.start()

    def answer(self):
        while (item := self.there.get()) is not None:
            self.back.put(item)

    def run(self, count):
        put, get = self.there.put, self.back.get
        for number in range(count):
            put(number)
            get()

    def close(self):
        self.there.put(None)
        self.thread.join()


class BesideAThread(Threaded, RoundTrip):
    """A request and a response while another thread does something."""

    def prepare(self):
        super().prepare()
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.beside)
        self.thread.start()

    def close(self):
        self.stop.set()
        self.thread.join()
        super().close()


class BesideAThreadThatWaits(BesideAThread):
    def beside(self):
        self.stop.wait()


class BesideAThreadThatComputes(BesideAThread):
    def beside(self):
        number = 0
        while not self.stop.is_set():
            number += 1


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while data := self.request.recv(4096):
            self.request.sendall(data)


class Server(socketserver.ThreadingTCPServer):
    request_queue_size = 1024
    daemon_threads = True


class ThreadedEcho(Threaded):
    """A server with a thread for each connection; the peer is its clients, each with one request under way."""

    def prepare(self):
        super().prepare()
        self.least = self.argument
        self.server = Server(("127.0.0.1", 0), Echo)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        self.control = self.peer.connect("load", self.server.server_address[1], self.argument)
        self.control.recv(1)

    def run(self, count):
        self.control.sendall(count.to_bytes(8, "big"))
        self.control.recv(1)

    def close(self):
        self.control.close()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


WORKLOADS = {
    "thread-start": StartAndJoin,
    "thread-queue": QueueRoundTrip,
    "thread-waits": BesideAThreadThatWaits,
    "thread-computes": BesideAThreadThatComputes,
    "thread-echo": ThreadedEcho,
}
