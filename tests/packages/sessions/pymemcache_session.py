# packages: pymemcache==4.0.0
"""pymemcache: a client and a pool of clients that threads share, against a small server of the program's own."""
import socketserver
import threading
from concurrent.futures import ThreadPoolExecutor

from pymemcache.client.base import Client, PooledClient

kept, lock = {}, threading.Lock()


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        while words := self.rfile.readline().split():
            with lock:
                self.wfile.write(self.answer(words[0], words[1:]))

    def answer(self, command, words):
        if command == b"set":
            body = self.rfile.read(int(words[3]) + 2)[:-2]
            kept[words[0]] = (words[1], body)
            return b"" if b"noreply" in words else b"STORED\r\n"
        if command == b"get":
            found = [(key, *kept[key]) for key in words if key in kept]
            return b"".join(b"VALUE %s %s %d\r\n%s\r\n" % (key, flags, len(body), body) for key, flags, body in found) + b"END\r\n"
        if command == b"incr":
            kept[words[0]] = (b"0", b"%d" % (int(kept[words[0]][1]) + int(words[1])))
            return kept[words[0]][1] + b"\r\n"
        return b"DELETED\r\n" if kept.pop(words[0], None) else b"NOT_FOUND\r\n"


with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever).start()
    client = Client(server.server_address, default_noreply=False, timeout=20)
    print(client.set("key", "value"), client.get("key"), client.get("none", "default"))
    print(client.set_many({f"k{number}": "x" * 1000 * number for number in range(5)}))
    print({key: len(body) for key, body in client.get_many([f"k{number}" for number in range(7)]).items()})
    print(client.set("count", "0"), client.delete("key"), client.delete("key"))
    pool = PooledClient(server.server_address, max_pool_size=3, default_noreply=False, timeout=20)
    with ThreadPoolExecutor(3) as executor:
        print(sorted(executor.map(lambda _: pool.incr("count", 1), range(20))))
    pool.close()
    client.close()
    server.shutdown()
