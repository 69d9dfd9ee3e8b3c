# needs: ipv6
"""A server on both loopback addresses, and a client that takes either."""
import asyncio


async def serve(reader, writer):
    writer.write(writer.get_extra_info("peername")[0].encode())
    writer.close()


async def main():
    async with await asyncio.start_server(serve, ["127.0.0.1", "::1"], 0) as server:
        for sock in sorted(server.sockets, key=lambda sock: sock.family):
            host, port = sock.getsockname()[:2]
            reader, writer = await asyncio.open_connection(host, port)
            print(sock.family.name, await reader.read())
            writer.close()
            await writer.wait_closed()


asyncio.run(main())
