# packages: aiohttp==3.14.5 aiohappyeyeballs==2.7.1 aiosignal==1.4.0 attrs==26.1.0 frozenlist==1.8.0 idna==3.20 multidict==6.9.1
# packages: propcache==0.5.4 yarl==1.25.1
"""aiohttp: a server by web.run_app, its client with JSON, a websocket, a stream, a form; SIGINT ends it."""
import asyncio
import os
import signal
import socket

import aiohttp
from aiohttp import web


async def echo(request):
    return web.json_response({"got": await request.json(), "name": request.match_info["name"]})


async def upload(request):
    form = await request.post()
    return web.Response(text=f"{form['file'].filename} {len(form['file'].file.read())}")


async def stream(request):
    response = web.StreamResponse()
    await response.prepare(request)
    for number in range(3):
        await response.write(b"%d\n" % number)
    return response


async def talk(request):
    websocket = web.WebSocketResponse()
    await websocket.prepare(request)
    async for message in websocket:
        await websocket.send_str(message.data[::-1])
    return websocket


async def client(app):
    async with aiohttp.ClientSession(url) as session:
        async with session.post("/echo/x", json=[1, 2]) as answer:
            print(answer.status, await answer.json())
        form = aiohttp.FormData()
        form.add_field("file", b"x" * 100000, filename="a.bin")
        async with session.post("/upload", data=form) as answer:
            print(await answer.text())
        async with session.get("/stream") as answer:
            print([line async for line in answer.content])
        async with session.ws_connect("/talk") as websocket:
            await websocket.send_str("abc")
            print(await websocket.receive_str())
        async with session.get("/none") as answer:
            print(answer.status)
    os.kill(os.getpid(), signal.SIGINT)


async def start(app):
    app["client"] = asyncio.create_task(client(app))


async def stop(app):
    await app["client"]
    print("stopped")


listener = socket.create_server(("127.0.0.1", 0))
url = f"http://127.0.0.1:{listener.getsockname()[1]}"
app = web.Application()
app.add_routes([web.post("/echo/{name}", echo), web.post("/upload", upload), web.get("/stream", stream), web.get("/talk", talk)])
app.on_startup.append(start)
app.on_cleanup.append(stop)
web.run_app(app, sock=listener, print=None)
print("over")
