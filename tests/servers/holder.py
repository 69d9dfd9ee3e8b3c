"""Holds connections, thousands of them, in a process of its own: sends each a byte once one of them has sent it one."""
import selectors
import socket
import sys

server = socket.create_server(("127.0.0.1", 0), backlog=4096)
print(server.getsockname()[1], flush=True)
selector = selectors.DefaultSelector()
selector.register(server, selectors.EVENT_READ)
held = set()
while True:
    for key, _ in selector.select():
        if key.fileobj is server:
            connection, _ = server.accept()
            held.add(connection)
            selector.register(connection, selectors.EVENT_READ)
        elif key.fileobj.recv(1):
            for connection in held:
                connection.sendall(b"!")
        else:
            selector.unregister(key.fileobj)
            held.discard(key.fileobj)
            key.fileobj.close()
