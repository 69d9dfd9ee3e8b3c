"""A server with a thread for each connection, and its clients, in one program: `threads.py [CLIENTS]`."""

import socketserver
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from socket import create_connection


class Shout(socketserver.StreamRequestHandler):
    """Answers each line in capitals."""

    def handle(self):
        for line in self.rfile:
            self.wfile.write(line.upper())


def ask(address, name):
    with create_connection(address, timeout=10) as connection, connection.makefile("rw") as file:
        file.write(f"hello from {name}\n")
        file.flush()
        return file.readline().rstrip()


def main():
    clients = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Shout) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}).start()
        with ThreadPoolExecutor(clients) as pool:
            names = [f"client {number}" for number in range(1, clients + 1)]
            for answer in pool.map(lambda name: ask(server.server_address, name), names):
                print(answer)
        server.shutdown()


if __name__ == "__main__":
    main()
