"""asyncio servers and clients in one program: a line protocol, a relay in between, half-closes, many at once."""
import asyncio


async def answer(reader, writer):
    async for line in reader:
        writer.write(line.swapcase())
        await writer.drain()
    writer.write(b"bye\n")
    writer.close()


async def copy(reader, writer):
    while data := await reader.read(4096):
        writer.write(data)
        await writer.drain()
    writer.write_eof()


async def relay_to(port, reader, writer):
    onward_reader, onward_writer = await asyncio.open_connection("127.0.0.1", port)
    await asyncio.gather(copy(reader, onward_writer), copy(onward_reader, writer))
    onward_writer.close()
    writer.close()


async def client(number, port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for turn in range(5):
        writer.write(f"Client {number} Turn {turn}\n".encode())
        line = await reader.readline()
        assert line == f"cLIENT {number} tURN {turn}\n".encode(), line
    writer.write_eof()
    rest = await reader.read()
    writer.close()
    await writer.wait_closed()
    return rest


async def main():
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    relay = await asyncio.start_server(lambda *streams: relay_to(port, *streams), "127.0.0.1", 0)
    relay_port = relay.sockets[0].getsockname()[1]
    direct = await asyncio.gather(*(client(number, port) for number in range(60)))
    relayed = await asyncio.gather(*(client(number, relay_port) for number in range(40)))
    print(set(direct), len(direct), set(relayed), len(relayed))
    for each in (relay, server):
        each.close()
        await each.wait_closed()


asyncio.run(main())
