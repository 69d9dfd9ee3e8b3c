# peers: puppet
"""start_server: several connections, closing, serving again on another port."""
import asyncio

from support import peer


async def hello(reader, writer):
    name = (await reader.readline()).decode().strip()
    writer.write(f"hello {name}\n".encode())
    writer.close()


async def exchange(port, text):
    control, commands = await asyncio.open_connection(*peer("puppet"))
    commands.write(f"exchange {port} {text.encode().hex()}\n".encode())
    answer = (await control.readline()).decode().split()[1]
    commands.close()
    return bytes.fromhex(answer)


async def main():
    for host in ("127.0.0.1", "127.0.0.1"):
        server = await asyncio.start_server(hello, host, 0)
        print(server.is_serving(), len(server.sockets), server.sockets[0].family.name)
        port = server.sockets[0].getsockname()[1]
        print(await asyncio.gather(*(exchange(port, f"{number}\n") for number in range(5))))
        server.close()
        await server.wait_closed()
        print(server.is_serving(), len(server.sockets))
    try:
        await asyncio.start_server(hello, "192.0.2.1", 0)
    except OSError as error:
        print(type(error).__name__, "192.0.2.1" in str(error))


asyncio.run(main())
