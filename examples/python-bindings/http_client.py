"""http_client HOST PORT PATH: fetches a page over HTTP/1.1 and prints its status and its body."""

from wit_world.imports.types import MessageFlags, SocketType_Stream

from example import SECOND, command, connect


def fetch(*arguments: str) -> None:
    if len(arguments) != 3:
        raise ValueError("usage: http_client HOST PORT PATH")
    host, port, path = arguments
    socket = connect(host, port, SocketType_Stream(), 10 * SECOND)
    socket.send_all(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode(), MessageFlags(0))

    page = b""
    while part := socket.recv(65_536, MessageFlags(0)):
        page += part
    socket.close()

    head, _, body = page.decode().partition("\r\n\r\n")
    print(head.splitlines()[0])
    print(body.rstrip())


Run = command(fetch)
