"""echo_server [CONNECTIONS]: serves any number of clients at a time, with one `poll`; ends after CONNECTIONS."""

import math

from componentize_py_types import Err
from wit_world.imports.polling import Events, poll
from wit_world.imports.sockets import Socket
from wit_world.imports.types import Address_Inet, AddressFamily_Inet, InetAddress, MessageFlags, SocketType_Stream

from example import SECOND, command


def echo(client: Socket) -> bool:
    """Send back what has come; whether there may be more."""
    try:
        data = client.recv(65_536, MessageFlags(0))
        client.send_all(data, MessageFlags(0))
        return bool(data)
    except Err:
        return False  # this client is gone; the others are not


def serve(connections: str = "") -> None:
    left = int(connections) if connections else math.inf
    server = Socket.create(AddressFamily_Inet(), SocketType_Stream(), 0)
    server.bind(Address_Inet(InetAddress((127, 0, 0, 1), 0)))
    server.listen(64)
    print(f"listening: 127.0.0.1:{server.getsockname().value.port}", flush=True)

    clients: list[Socket] = []
    while left > 0 or clients:
        asked = [(server, Events.READABLE if left > 0 else Events(0))]
        has_called, *ready = poll(asked + [(client, Events.READABLE) for client in clients], None)
        for client, events in zip(list(clients), ready):
            if events and not echo(client):
                clients.remove(client)
                client.close()
        if has_called:
            client, peer = server.accept()
            client.set_timeout(10 * SECOND)
            print(f"connected: 127.0.0.1:{peer.value.port}", flush=True)
            clients.append(client)
            left -= 1


Run = command(serve)
