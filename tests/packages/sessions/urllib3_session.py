# packages: urllib3==2.8.0
"""urllib3: a pool that many threads share, retries, chunked bodies, a time-out, a connection that is refused."""
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import urllib3

turns = iter(range(1000))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        busy = self.path == "/busy" and next(turns) < 2
        self.send_response(503 if busy else 200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in (self.path.encode(), b" ", b"done"):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")

    def do_PUT(self):
        length = 0
        while size := int(self.rfile.readline(), 16):
            length += len(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        body = str(length).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
pool = urllib3.HTTPConnectionPool("127.0.0.1", server.server_port, maxsize=4, block=True)
with ThreadPoolExecutor(8) as executor:
    answers = executor.map(lambda number: pool.request("GET", f"/{number}").data.decode(), range(40))
    print(sorted(answers) == sorted(f"/{number} done" for number in range(40)))
print("connections", pool.num_connections <= 4, "requests", pool.num_requests)
retries = urllib3.Retry(5, status_forcelist=[503], backoff_factor=0.01)
answer = pool.request("GET", "/busy", retries=retries)
print(answer.status, answer.data, len(answer.retries.history))
print(pool.request("PUT", "/", body=(b"x" * 1000 for _ in range(100)), chunked=True).data)
answer = pool.request("GET", "/stream", preload_content=False)
print(list(answer.stream()))
answer.release_conn()
server.shutdown()
server.server_close()
pool.close()
try:
    urllib3.PoolManager(retries=False).request("GET", f"http://127.0.0.1:{server.server_port}/")
except urllib3.exceptions.NewConnectionError as error:
    print(type(error).__name__, "Connection refused" in str(error))
