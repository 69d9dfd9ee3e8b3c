# packages: Hypercorn==0.18.0 httpx==0.28.1 anyio==4.16.0 certifi==2026.10.19.post1 h11==0.16.0 h2==4.4.1 hpack==4.2.0
# packages: httpcore==1.0.9 hyperframe==6.1.0 idna==3.20 priority==2.0.0 wsproto==1.3.2
"""hypercorn: an ASGI application over HTTP/1.1, and its end by SIGTERM."""
import asyncio
import os
import signal
import socket
import threading

import httpx
from hypercorn.asyncio import serve
from hypercorn.config import Config


async def application(scope, receive, send):
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            print(message["type"])
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
            threading.Thread(target=client).start()
    body = b""
    while (event := await receive()).get("more_body"):
        body += event["body"]
    body += event["body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["http_version"].encode() + b" " + body[::-1]})


def client():
    with httpx.Client() as http:
        for text in ("abc", "x" * 100000):
            print(http.post(url, content=text).text[:20])
    os.kill(os.getpid(), signal.SIGTERM)


listener = socket.create_server(("127.0.0.1", 0))
url = f"http://127.0.0.1:{listener.getsockname()[1]}"
config = Config()
config.bind = [f"fd://{listener.fileno()}"]
config.loglevel = "CRITICAL"
asyncio.run(serve(application, config))
print("over")
