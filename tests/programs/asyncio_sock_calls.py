# peers: echo closed udp-echo
"""The low-level calls: sock_connect, sock_sendall, sock_recv and the others."""
import asyncio
import io
import socket
import tempfile

from support import describe, peer


async def main():
    loop = asyncio.get_running_loop()
    with socket.socket() as sock:
        sock.setblocking(False)
        await loop.sock_connect(sock, peer("echo"))
        await loop.sock_sendall(sock, b"hello")
        print(await loop.sock_recv(sock, 5))
        await loop.sock_sendall(sock, b"again")
        buffer = bytearray(5)
        print(await loop.sock_recv_into(sock, buffer), buffer)
        with tempfile.TemporaryFile() as file:
            file.write(b"from a file")
            file.seek(0)
            print(await loop.sock_sendfile(sock, file))
        print(await loop.sock_recv(sock, 100))
    with socket.socket() as sock:
        sock.setblocking(False)
        try:
            await loop.sock_connect(sock, peer("closed"))
        except ConnectionRefusedError as error:
            print("refused", error.strerror.startswith("Connect call failed"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        accepting = asyncio.create_task(loop.sock_accept(server))
        with socket.socket() as client:
            client.setblocking(False)
            await loop.sock_connect(client, server.getsockname())
            accepted, address = await accepting
            print(address == client.getsockname(), accepted.gettimeout())
            accepted.close()
            print(await loop.sock_recv(client, 1))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        await loop.sock_sendto(sock, b"datagram", peer("udp-echo"))
        data, address = await loop.sock_recvfrom(sock, 100)
        print(data, address == peer("udp-echo"))


asyncio.run(main())
