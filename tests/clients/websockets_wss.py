# needs: certificates
"""websockets over wss: a server and its clients, texts and bytes both ways, pings, a big message, closing, no trust."""
import asyncio
import os
import ssl
import tempfile

import websockets

folder = os.path.join(tempfile.gettempdir(), "certificates")
trusted = ssl.create_default_context(cafile=os.path.join(folder, "authority.pem"))
own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
own.load_cert_chain(os.path.join(folder, "good.pem"))


async def answer(connection):
    async for message in connection:
        if message == "bye":
            await connection.close(4000, "as you wish")
        else:
            await connection.send(message.upper() if isinstance(message, str) else message[::-1])


async def main():
    async with websockets.serve(answer, "127.0.0.1", 0, ssl=own, max_size=None) as server:
        port = server.sockets[0].getsockname()[1]
        url = f"wss://127.0.0.1:{port}/"
        async with websockets.connect(url, ssl=trusted, max_size=None, proxy=None) as client:
            await client.send("väl")
            print(await client.recv())
            big = bytes(range(256)) * 8192
            await client.send(big)
            print(await client.recv() == big[::-1])
            print(type(await (await client.ping())).__name__)
            await client.send(["in ", "parts"])
            print(await client.recv())
            await client.send("bye")
            try:
                await client.recv()
            except websockets.ConnectionClosed as closed:
                print(closed.rcvd.code, closed.rcvd.reason)

        async def one(number):
            async with websockets.connect(url, ssl=trusted, proxy=None) as client:
                await client.send(f"number {number}")
                return await client.recv()

        print(await asyncio.gather(*(one(number) for number in range(10))))
        try:
            await websockets.connect(url, ssl=ssl.create_default_context(cafile=os.path.join(folder, "self-signed.pem")), proxy=None)
        except ssl.SSLCertVerificationError as error:
            print(error.verify_message)


asyncio.run(main())
