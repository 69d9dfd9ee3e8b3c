# packages: httpcore==1.0.9 certifi==2026.10.19.post1 h11==0.16.0
"""httpcore: pools of connections, with threads and asynchronous, and its trace."""
import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpcore


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.path.encode() * 100
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


async def main():
    steps = []

    async def trace(name, info):
        if name.endswith(".complete"):
            steps.append(name.split(".")[1])

    async with httpcore.AsyncConnectionPool() as pool:
        print((await pool.request("GET", url + "/x", extensions={"trace": trace})).status)
        answers = await asyncio.gather(*(pool.request("GET", f"{url}/{number}") for number in range(10)))
        print(sum(len(answer.content) for answer in answers))
    print(steps)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
with httpcore.ConnectionPool() as pool, ThreadPoolExecutor(6) as executor:
    print(sum(executor.map(lambda number: len(pool.request("GET", f"{url}/{number}").content), range(30))))
    print(len(pool.connections) <= 6)
asyncio.run(main())
server.shutdown()
server.server_close()
