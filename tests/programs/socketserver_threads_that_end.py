# peers: puppet
"""A handler of ThreadingMixIn that leaves by SystemExit or another BaseException ends its thread, not the program."""
import socketserver
import threading

from support.puppet import Puppet


class Rude(BaseException):
    pass


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        line = self.rfile.readline().strip()
        served.append(line)
        if line == b"exit":
            raise SystemExit(3)
        if line == b"rude":
            raise Rude("as asked")
        if line == b"error":
            raise ValueError("as asked")
        self.wfile.write(line.upper())


class Server(socketserver.ThreadingTCPServer):
    def handle_error(self, request, client_address):
        print("handle_error()")

    def shutdown_request(self, request):
        super().shutdown_request(request)
        done.release()


def hook(arguments):
    print(arguments.exc_type.__name__, arguments.exc_value, arguments.thread.name)
    hooked.release()


served = []
done = threading.Semaphore(0)
hooked = threading.Semaphore(0)
puppet = Puppet()
threading.excepthook = hook
with Server(("127.0.0.1", 0), Handler) as server:
    for line in (b"hello", b"exit", b"rude", b"error", b"again"):
        puppet.exchange(server.server_address[1], line + b"\n")
        server.handle_request()
        done.acquire()
        if line in (b"exit", b"rude"):
            hooked.acquire()
        print(line, puppet.exchanged())
print(served)
