# peers: puppet
"""socketserver over TCP: handlers, handle_request, timeouts, errors in a handler."""
import socketserver

from support.puppet import Puppet


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        line = self.rfile.readline().strip()
        if line == b"fail":
            raise ValueError("as asked")
        self.wfile.write(line.upper() + b" from " + self.client_address[0].encode())


class Server(socketserver.TCPServer):
    allow_reuse_address = True
    timeout = 0.1

    def handle_error(self, request, client_address):
        print("error in a handler")

    def handle_timeout(self):
        print("nobody came")


puppet = Puppet()
with Server(("127.0.0.1", 0), Handler) as server:
    print(server.server_address[0], server.socket_type.name)
    server.handle_request()
    for line in (b"hello\n", b"fail\n", b"again\n"):
        puppet.exchange(server.server_address[1], line)
        server.timeout = 30
        server.handle_request()
        print(puppet.exchanged())
