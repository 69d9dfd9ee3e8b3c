# peers: echo
"""Name lookups in asyncio do not stop the loop."""
import asyncio
import socket

from support import peer


async def main():
    loop = asyncio.get_running_loop()
    ticks = []

    async def tick():
        while len(ticks) < 1000:
            ticks.append(1)
            await asyncio.sleep(0)

    ticking = asyncio.create_task(tick())
    found = await loop.getaddrinfo("localhost", 80, type=socket.SOCK_STREAM)
    print("127.0.0.1" in {entry[4][0] for entry in found}, len(ticks) > 0)
    await ticking
    print(await loop.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM))
    several = await asyncio.gather(*(loop.getaddrinfo("localhost", port, family=socket.AF_INET, type=socket.SOCK_STREAM) for port in (1, 2, 3)))
    print([entries[0][4] for entries in several])
    try:
        await loop.getaddrinfo("", 80)
    except socket.gaierror as error:
        print(error.args)
    print(await loop.getnameinfo(("127.0.0.1", 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV))
    host, port = peer("echo")
    reader, writer = await asyncio.open_connection("localhost", port, family=socket.AF_INET)
    print(writer.get_extra_info("peername") == (host, port))
    writer.close()


asyncio.run(main())
