# peers: puppet
"""A writer that is ahead of a slow reader waits in drain, and everything arrives."""
import asyncio
import hashlib

from support import PATTERN, peer


async def main():
    control, commands = await asyncio.open_connection(*peer("puppet"))

    async def do(command):
        commands.write(command.encode() + b"\n")
        return (await control.readline()).decode().split()

    port = int((await do("listen 4096"))[1])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await do("accept")
    total = 0
    try:
        while True:
            writer.write(PATTERN)
            total += len(PATTERN)
            await asyncio.wait_for(writer.drain(), 0.2)
    except asyncio.TimeoutError:
        print("paused", writer.transport.get_write_buffer_size() > 0)
    drained = asyncio.create_task(do("drain"))
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    _, count, digest = await drained
    print(int(count) == total, digest == hashlib.sha256(PATTERN * (total // len(PATTERN))).hexdigest())
    commands.close()


asyncio.run(main())
