# packages: websockets==15.0.1
"""websockets: asyncio's server and client, pings, fragments, compression, broadcasts, closing codes."""
import asyncio

import websockets
from websockets.asyncio.server import broadcast, serve


async def handler(websocket):
    async for message in websocket:
        if message == "all":
            broadcast(server.connections, "to all")
        elif message == "end":
            await websocket.close(4000, "as asked")
        else:
            await websocket.send(message[::-1])


async def main():
    global server
    async with serve(handler, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with websockets.connect(url) as one, websockets.connect(url) as two:
            await one.send("abc")
            await two.send([b"\x01", b"\x02", b"\x03" * 100000])
            print(await one.recv(), len(await two.recv()))
            print(isinstance(await (await one.ping()), float))
            await one.send("all")
            print(await one.recv(), await two.recv())
            await one.send("end")
            try:
                await one.recv()
            except websockets.ConnectionClosed as error:
                print(error.rcvd.code, error.rcvd.reason)


asyncio.run(main())
