"""The other end of the link: `get N` sends N bytes, `put N` takes them and sends their hash, `hold` waits; datagrams come back."""
import hashlib
import socket
import socketserver
import threading

PATTERN = bytes(range(256)) * 256


def pattern(size):
    while size > 0:
        yield PATTERN[:size]
        size -= len(PATTERN)


class Streams(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            match line.decode().split():
                case ["get", size]:
                    for piece in pattern(int(size)):
                        self.wfile.write(piece)
                case ["put", size]:
                    digest = hashlib.sha256()
                    for piece in pattern(int(size)):
                        digest.update(self.rfile.read(len(piece)))
                    self.wfile.write(digest.hexdigest().encode() + b"\n")
                case ["hold"]:
                    self.wfile.write(b"holding\n")
                    self.rfile.read()


class Datagrams(socketserver.BaseRequestHandler):
    def handle(self):
        data, sock = self.request
        sock.sendto(data, self.client_address)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass  # a client that gives up is what these tests are about


server = Server(("10.99.0.2", 0), Streams)
datagrams = socketserver.UDPServer(server.server_address, Datagrams)
threading.Thread(target=datagrams.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
server.serve_forever()
