# peers: puppet
"""ThreadingHTTPServer answers every client, with serve_forever and shutdown from a request."""
import http.server
import threading

from support.puppet import Puppet


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        served.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"answer to " + self.path.encode())
        if len(served) == 3:
            # Asks serve_forever to end, without waiting for it.
            self.server._BaseServer__shutdown_request = True

    def log_message(self, *arguments):
        pass


served = []
puppets = [Puppet() for _ in range(3)]
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
for number, puppet in enumerate(puppets):
    puppet.exchange(server.server_address[1], f"GET /{number} HTTP/1.0\r\n\r\n".encode())
server.serve_forever(poll_interval=0.05)
server.server_close()
print(sorted(served))
for puppet in puppets:
    print(puppet.exchanged().rpartition(b"\r\n")[2])
