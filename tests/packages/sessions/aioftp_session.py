# packages: aioftp==0.28.3
"""aioftp: a server over a file system in memory, and its client: folders, an upload, a download, a list."""
import asyncio

import aioftp


async def main():
    server = aioftp.Server([aioftp.User("me", "secret", permissions=[aioftp.Permission("/")])], path_io_factory=aioftp.MemoryPathIO)
    await server.start("127.0.0.1", 0)
    async with aioftp.Client.context("127.0.0.1", server.server_port, "me", "secret") as client:
        await client.make_directory("folder/inner")
        async with client.upload_stream("folder/file.bin") as stream:
            for _ in range(10):
                await stream.write(b"x" * 20000)
        async with client.download_stream("folder/file.bin") as stream:
            print(sum([len(block) async for block in stream.iter_by_block()]))
        await client.rename("folder/file.bin", "folder/other.bin")
        print(sorted([(str(path), info["type"]) async for path, info in client.list("folder")]))
        await client.remove("folder")
        print(await client.exists("folder"))
    try:
        async with aioftp.Client.context("127.0.0.1", server.server_port, "me", "wrong"):
            pass
    except aioftp.StatusCodeError as error:
        print(error.received_codes)
    await server.close()


asyncio.run(main())
