# ways: run threads wasmtime-threads
"""What the standard library does with threads: executors, servers, asyncio, pools, logging, imports."""
import asyncio
import concurrent.futures
import contextvars
import http.server
import logging
import logging.handlers
import multiprocessing.dummy
import queue
import sched
import socketserver
import sys
import threading
import urllib.request
import xmlrpc.client
import xmlrpc.server


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        together.wait(20)  # all requests are served at the same time
        body = self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


together = threading.Barrier(6)
with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    serving.start()
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        urls = [f"http://127.0.0.1:{server.server_port}/{number}" for number in range(6)]
        print(list(pool.map(lambda url: urllib.request.urlopen(url, timeout=20).read(), urls)))
    server.shutdown()
    serving.join()


class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        data, connection = self.request
        connection.sendto(data + b" " + threading.current_thread().name[:6].encode(), self.client_address)


with socketserver.ThreadingUDPServer(("127.0.0.1", 0), Echo) as server:
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    import socket

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(20)
        client.sendto(b"datagram", server.server_address)
        print(client.recv(100))
    server.shutdown()

with xmlrpc.server.SimpleXMLRPCServer(("127.0.0.1", 0), logRequests=False) as server:
    server.register_function(pow)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}).start()
    with xmlrpc.client.ServerProxy(f"http://127.0.0.1:{server.server_address[1]}") as proxy:
        print(proxy.pow(2, 10))
    server.shutdown()

variable = contextvars.ContextVar("variable")


async def main():
    variable.set("copied")
    loop = asyncio.get_running_loop()
    meeting = threading.Barrier(3)
    print(await asyncio.gather(*(asyncio.to_thread(lambda: (meeting.wait(20) >= 0, variable.get())) for _ in range(3))))

    def from_outside():
        return asyncio.run_coroutine_threadsafe(asyncio.sleep(0.01, "slept"), loop).result(20)

    print(await loop.run_in_executor(None, from_outside))
    woken = asyncio.Event()
    threading.Timer(0.01, loop.call_soon_threadsafe, [woken.set]).start()
    await asyncio.wait_for(woken.wait(), 20)
    try:
        await asyncio.to_thread(lambda: [][0])
    except IndexError as error:
        print("IndexError:", error)


asyncio.run(main())
loops = []
for _ in range(2):
    threading.Thread(target=lambda: loops.append(asyncio.run(asyncio.sleep(0.01, "in a thread")))).start()
for thread in threading.enumerate():
    if thread is not threading.main_thread() and not thread.daemon:
        thread.join()
print(loops)

with multiprocessing.dummy.Pool(4) as pool:
    print(pool.map(lambda number: number * number, range(10)))

records = queue.SimpleQueue()
kept = logging.handlers.BufferingHandler(100)
listener = logging.handlers.QueueListener(records, kept)
listener.start()
logger = logging.getLogger("threads")
logger.addHandler(logging.handlers.QueueHandler(records))
logger.propagate = False
writers = [threading.Thread(target=logger.error, args=("from %s", number)) for number in range(4)]
for writer in writers:
    writer.start()
for writer in writers:
    writer.join()
listener.stop()
print(sorted(record.getMessage() for record in kept.buffer))

scheduler, events = sched.scheduler(), []
scheduler.enter(0.02, 1, events.append, ("second",))
scheduler.enter(0.01, 1, events.append, ("first",))
runner = threading.Thread(target=scheduler.run)
runner.start()
runner.join()
print(events)

futures = concurrent.futures.ThreadPoolExecutor(2)
first, second = futures.submit(lambda: 1), futures.submit(lambda: 1 / 0)
print(concurrent.futures.wait([first, second], timeout=20).not_done, first.result(), repr(second.exception()))
cancelled = concurrent.futures.Future()
print(cancelled.cancel(), cancelled.cancelled())
futures.shutdown()
print("switch interval:", sys.getswitchinterval())
