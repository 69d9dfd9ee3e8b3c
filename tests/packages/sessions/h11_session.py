# packages: h11==0.16.0
"""h11: a server and a client over plain sockets, with an upload that waits for 100 Continue."""
import socket
import threading

import h11


def events(connection, sock):
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            if connection.they_are_waiting_for_100_continue:
                sock.sendall(connection.send(h11.InformationalResponse(status_code=100, headers=[])))
            connection.receive_data(sock.recv(4096))
            continue
        yield event
        if isinstance(event, (h11.EndOfMessage, h11.ConnectionClosed)):
            return


def serve():
    sock, _ = listener.accept()
    connection = h11.Connection(h11.SERVER)
    with sock:
        while True:
            length = 0
            for event in events(connection, sock):
                if isinstance(event, h11.ConnectionClosed):
                    return
                if isinstance(event, h11.Data):
                    length += len(event.data)
            sock.sendall(connection.send(h11.Response(status_code=200, headers=[("Transfer-Encoding", "chunked")])))
            sock.sendall(connection.send(h11.Data(str(length).encode())))
            sock.sendall(connection.send(h11.EndOfMessage()))
            connection.start_next_cycle()


with socket.create_server(("127.0.0.1", 0)) as listener:
    thread = threading.Thread(target=serve)
    thread.start()
    connection = h11.Connection(h11.CLIENT)
    with socket.create_connection(listener.getsockname()) as sock:
        for length in (10, 100000):
            headers = [("Host", "here"), ("Content-Length", str(length)), ("Expect", "100-continue")]
            sock.sendall(connection.send(h11.Request(method="PUT", target="/", headers=headers)))
            event = connection.next_event()
            while event is h11.NEED_DATA:
                connection.receive_data(sock.recv(4096))
                event = connection.next_event()
            print(type(event).__name__)
            sock.sendall(connection.send(h11.Data(b"x" * length)))
            sock.sendall(connection.send(h11.EndOfMessage()))
            for event in events(connection, sock):
                print(type(event).__name__, bytes(getattr(event, "data", b"")))
            connection.start_next_cycle()
    thread.join()
