# packages: telnetlib3==5.0.1 wcwidth==0.9.4
"""telnetlib3: a server that asks a question, and its client."""
import asyncio

import telnetlib3


async def shell(reader, writer):
    writer.write("name? ")
    name = (await reader.readline()).strip()
    writer.write(f"hello {name}\r\n")
    await writer.drain()
    writer.close()


async def main():
    server = await telnetlib3.create_server("127.0.0.1", 0, shell=shell, connect_maxwait=0.1)
    port = server.sockets[0].getsockname()[1]
    reader, writer = await telnetlib3.open_connection("127.0.0.1", port, connect_minwait=0, connect_maxwait=0.1)
    text = ""
    while "?" not in text:
        text += await reader.read(100)
    print(text)
    writer.write("somebody\r\n")
    rest = ""
    while part := await reader.read(100):
        rest += part
    print("hello somebody" in rest)
    server.close()


asyncio.run(main())
