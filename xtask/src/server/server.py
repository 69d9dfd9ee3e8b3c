"""Serve one page on a free port of the loopback interface, and print the port first."""

import http.server
import sys


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = f"{sys.argv[1]}\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
print(server.server_port)
server.serve_forever()
