"""A stock http.server that says its port, and serves until it is asked for /stop."""
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"x" * 1000
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        if self.path == "/stop":
            self.server.stopping = True
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128


server = Server(("127.0.0.1", 0), Handler)
server.stopping = False
print("port", server.server_address[1], flush=True)
while not server.stopping:
    server.handle_request()
server.server_close()
print("stopped")
