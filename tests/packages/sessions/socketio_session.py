# packages: python-socketio==5.18.1 aiohttp==3.14.5 requests==2.34.2 websocket-client==1.9.2 aiohappyeyeballs==2.7.1
# packages: aiosignal==1.4.0 attrs==26.1.0 bidict==0.24.1 certifi==2026.10.19.post1 charset-normalizer==3.5.3 frozenlist==1.8.0
# packages: idna==3.20 multidict==6.9.1 propcache==0.5.4 python-engineio==4.15.1 urllib3==2.8.0 yarl==1.25.1
"""python-socketio: its asynchronous server on aiohttp, a client with threads that begins by polling, rooms, callbacks."""
import asyncio
import queue
import threading

import socketio
from aiohttp import web

ports, heard = queue.Queue(), queue.Queue()
server = socketio.AsyncServer(async_mode="aiohttp", ping_interval=1, ping_timeout=4)


@server.event
async def connect(identifier, environ):
    await server.enter_room(identifier, "room")


@server.event
async def add(identifier, a, b):
    await server.emit("news", {"sum": a + b}, room="room")
    return a + b


async def serve():
    app = web.Application()
    server.attach(app)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, shutdown_timeout=1)
    await site.start()
    ports.put(runner.addresses[0][1])
    await asyncio.Event().wait()


threading.Thread(target=asyncio.run, args=[serve()], daemon=True).start()
url = f"http://127.0.0.1:{ports.get(timeout=20)}"
for transports in (["polling"], ["websocket"], ["polling", "websocket"]):
    client = socketio.Client()
    client.on("news", heard.put)
    client.connect(url, transports=transports)
    print(client.call("add", (1, 2), timeout=20), heard.get(timeout=20), client.transport())
    client.disconnect()
