# peers: echo closed half-close reset
"""asyncio streams: reading in every way, refusals, resets, the end."""
import asyncio

from support import describe, peer


async def attempt(label, awaitable):
    try:
        print(label, "->", await awaitable)
    except Exception as error:
        print(label, "!!", type(error).__name__, error if isinstance(error, asyncio.IncompleteReadError) else "")


async def main():
    reader, writer = await asyncio.open_connection(*peer("echo"))
    print(writer.get_extra_info("peername") == peer("echo"), writer.get_extra_info("socket").type.name)
    writer.writelines([b"line\n", b"until;", b"exactly", b"rest"])
    await attempt("readline", reader.readline())
    await attempt("readuntil", reader.readuntil(b";"))
    await attempt("readexactly", reader.readexactly(7))
    print(writer.can_write_eof())
    writer.write_eof()
    await attempt("read", reader.read())
    await attempt("at the end", reader.readexactly(1))
    print(reader.at_eof())
    writer.close()
    await writer.wait_closed()

    try:
        await asyncio.open_connection(*peer("closed"))
    except ConnectionRefusedError:
        print("refused")
    reader, writer = await asyncio.open_connection(*peer("half-close"))
    await attempt("all", reader.read())
    writer.write(b"one way")
    await writer.drain()
    writer.close()
    await writer.wait_closed()

    reader, writer = await asyncio.open_connection(*peer("reset"))
    writer.write(b"!")
    await attempt("reset", reader.read())
    writer.close()
    await attempt("closed", writer.wait_closed())


asyncio.run(main())
