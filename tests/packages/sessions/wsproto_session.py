# packages: wsproto==1.3.2 h11==0.16.0
"""wsproto over plain sockets: both ends of a connection in two threads."""
import socket
import threading

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, CloseConnection, Ping, Pong, Request, TextMessage


def events(connection, sock):
    while True:
        for event in connection.events():
            yield event
        data = sock.recv(4096)
        connection.receive_data(data or None)


def serve():
    sock, _ = listener.accept()
    connection = WSConnection(ConnectionType.SERVER)
    with sock:
        for event in events(connection, sock):
            if isinstance(event, Request):
                sock.sendall(connection.send(AcceptConnection()))
            elif isinstance(event, TextMessage):
                sock.sendall(connection.send(TextMessage(event.data.upper())))
            elif isinstance(event, Ping):
                sock.sendall(connection.send(event.response()))
            elif isinstance(event, CloseConnection):
                sock.sendall(connection.send(event.response()))
                return


with socket.create_server(("127.0.0.1", 0)) as listener:
    thread = threading.Thread(target=serve)
    thread.start()
    connection = WSConnection(ConnectionType.CLIENT)
    with socket.create_connection(listener.getsockname()) as sock:
        sock.sendall(connection.send(Request(host="localhost", target="/")))
        for event in events(connection, sock):
            print(type(event).__name__)
            if isinstance(event, AcceptConnection):
                sock.sendall(connection.send(TextMessage("hello")))
            elif isinstance(event, TextMessage):
                print(event.data)
                sock.sendall(connection.send(Ping(b"are you there")))
            elif isinstance(event, Pong):
                print(bytes(event.payload))
                sock.sendall(connection.send(CloseConnection(1000, "done")))
            elif isinstance(event, CloseConnection):
                print(event.code)
                break
    thread.join()
