# peers: puppet
"""http.server serves requests one after the other."""
import http.server

from support.puppet import Puppet


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"{self.command} {self.path} from {self.client_address[0]}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201, "Made")
        self.end_headers()
        self.wfile.write(body[::-1])

    def log_message(self, form, *arguments):
        print("log:", form % arguments)

    def version_string(self):
        return "test"

    def date_time_string(self, timestamp=None):
        return "now"


puppet = Puppet()
with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
    port = server.server_address[1]
    for request in (
        b"GET /one HTTP/1.0\r\n\r\n", b"POST /two HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello", b"PUT /three HTTP/1.0\r\n\r\n",
        b"GET /four HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ):
        puppet.exchange(port, request)
        server.handle_request()
        head, _, body = puppet.exchanged().partition(b"\r\n\r\n")
        print(head.splitlines()[0], b"Server: test" in head, b"an error page" if b"<html" in body else body)
