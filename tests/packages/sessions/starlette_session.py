# packages: starlette==1.10.0 uvicorn==0.54.0 websockets==15.0.1 anyio==4.16.0 click==8.5.1 h11==0.16.0
"""starlette: a websocket endpoint, served by uvicorn in the same loop."""
import asyncio
import socket

import uvicorn
import websockets
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute


async def endpoint(websocket):
    await websocket.accept(subprotocol="echo")
    async for text in websocket.iter_text():
        await websocket.send_text(text.upper())
    print("left")


async def main():
    listener = socket.create_server(("127.0.0.1", 0))
    app = Starlette(routes=[WebSocketRoute("/ws", endpoint)])
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", ws="websockets-sansio"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    url = f"ws://127.0.0.1:{listener.getsockname()[1]}/ws"
    async with websockets.connect(url, subprotocols=["echo"]) as client:
        print(client.subprotocol)
        for text in ("one", "two"):
            await client.send(text)
            print(await client.recv())
    server.should_exit = True
    await serving


asyncio.run(main())
