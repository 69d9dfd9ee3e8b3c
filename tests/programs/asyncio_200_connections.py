# patience: 120
"""200 concurrent connections between clients and a server in one loop."""
import asyncio


async def serve(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()
    writer.close()
    await writer.wait_closed()


async def client(number, port, everybody_here):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await everybody_here.wait()
    answers = []
    for word in ("one", "two", "three"):
        writer.write(f"{word} {number}\n".encode())
        await writer.drain()
        answers.append((await reader.readline()).decode().strip())
    writer.write_eof()
    rest = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answers, rest


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, backlog=256)
    port = server.sockets[0].getsockname()[1]
    async with server:
        everybody_here = asyncio.Event()
        clients = [asyncio.create_task(client(number, port, everybody_here)) for number in range(200)]
        asyncio.get_running_loop().call_soon(everybody_here.set)
        results = await asyncio.gather(*clients)
    right = [[f"{word} {number}" for word in ("ONE", "TWO", "THREE")] for number in range(200)]
    print(len(results), [answers for answers, _ in results] == right, {rest for _, rest in results})


asyncio.run(main())
