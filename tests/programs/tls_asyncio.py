# needs: certificates
"""asyncio over TLS: a server and clients in one loop, large transfers, refusals."""
import asyncio
import os
import ssl
import tempfile

folder = os.path.join(tempfile.gettempdir(), "certificates")
client_context = ssl.create_default_context(cafile=os.path.join(folder, "authority.pem"))
server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server_context.load_cert_chain(os.path.join(folder, "good.pem"))


async def echo(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data.upper())
            await writer.drain()
        writer.close()
        await writer.wait_closed()
    except OSError:
        pass


async def fetch(port, number):
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client_context, server_hostname="good.test")
    writer.write(f"request {number}".encode())
    writer.write_eof() if writer.can_write_eof() else None
    answer = await reader.read(100)
    writer.close()
    await writer.wait_closed()
    return answer


async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=server_context)
    port = server.sockets[0].getsockname()[1]
    print(await asyncio.gather(*(fetch(port, number) for number in range(5))))
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client_context, server_hostname="good.test")
    print(writer.get_extra_info("ssl_object").version(), writer.get_extra_info("peercert")["subject"])
    data = b"abc" * 200_000

    async def send():
        writer.write(data)
        await writer.drain()

    sending = asyncio.create_task(send())
    print(await reader.readexactly(len(data)) == data.upper())
    await sending
    writer.close()
    await writer.wait_closed()
    try:
        await asyncio.open_connection("127.0.0.1", port, ssl=client_context, server_hostname="bad.test")
    except ssl.SSLCertVerificationError as error:
        print(error.verify_code, error.verify_message)
    server.close()


asyncio.run(main())
