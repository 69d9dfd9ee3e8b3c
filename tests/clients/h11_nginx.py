# peers: debian:nginx
"""h11 over a plain socket: many requests on one connection, chunked bodies, the end of the connection."""
import socket

import h11

from support import peer


def exchange(connection, sock, target, close=False):
    """One request: the status and the length of the body."""
    headers = [("Host", "localhost"), ("User-Agent", "h11")] + ([("Connection", "close")] if close else [])
    sock.sendall(connection.send(h11.Request(method="GET", target=target, headers=headers)))
    sock.sendall(connection.send(h11.EndOfMessage()))
    status, length = None, 0
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(sock.recv(16384))
        elif type(event) is h11.Response:
            status = event.status_code
        elif type(event) is h11.Data:
            length += len(event.data)
        elif type(event) is h11.EndOfMessage:
            return status, length


with socket.create_connection(peer("nginx")) as sock:
    connection = h11.Connection(our_role=h11.CLIENT)
    for target in ["/page.txt", "/missing", "/big.bin", "/page.txt"] * 5:
        status, length = exchange(connection, sock, target)
        connection.start_next_cycle()
        if target != "/missing":
            print(target, status, length)
    print(exchange(connection, sock, "/page.txt", close=True)[0], connection.our_state, connection.their_state)
    print(sock.recv(1))
