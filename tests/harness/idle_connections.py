"""Holds many idle connections, and says where it stands; it goes on when somebody who looks at its process says so."""
import selectors
import socket
import sys

number, holder, overseer = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
control = socket.create_connection(("127.0.0.1", overseer))


def stage(*words):
    print(*words, flush=True)
    control.recv(1)


stage("started")
connections = [socket.create_connection(("127.0.0.1", holder)) for _ in range(number)]
selector = selectors.DefaultSelector()
for connection in connections:
    selector.register(connection, selectors.EVENT_READ)
stage("holds", len(connections), "of which", len(selector.select(0)), "have something")
connections[0].sendall(b"?")
answered = set()
while len(answered) < number:
    for key, _ in selector.select(60):
        answered.add(key.fd)
        assert key.fileobj.recv(1) == b"!"
selector.close()
for connection in connections:
    connection.close()
stage("answered", len(answered))
