# packages: httpx==0.28.1 anyio==4.16.0 certifi==2026.10.19.post1 h11==0.16.0 httpcore==1.0.9 idna==3.20 typing_extensions==4.16.0
"""httpx: the client and the asynchronous one, streams, an upload in parts, limits, time-outs, hooks."""
import asyncio
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/slow":
            released.wait(10)
        body = (self.path + " " + self.headers.get("X-Who", "-")).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))[::-1]
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


async def main():
    limits = httpx.Limits(max_connections=3)
    async with httpx.AsyncClient(base_url=url, limits=limits) as client:
        answers = await asyncio.gather(*(client.get(f"/{number}") for number in range(20)))
        print([answer.text for answer in answers][:3], len(answers))
        async with client.stream("POST", "/", content=b"x" * 300000) as answer:
            print(sum([len(part) async for part in answer.aiter_bytes()]))
        try:
            await client.get("/slow", timeout=0.2)
        except httpx.ReadTimeout as error:
            print(type(error).__name__)


released = threading.Event()
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
seen = []
with httpx.Client(base_url=url, headers={"X-Who": "me"}, event_hooks={"response": [lambda r: seen.append(r.status_code)]}) as client:
    print(client.get("/a", params={"q": "1 2"}).text)
    print(client.post("/", content=b"abc").content, seen)
asyncio.run(main())
released.set()
server.shutdown()
server.server_close()
try:
    httpx.get(url)
except httpx.ConnectError as error:
    print(type(error).__name__)
