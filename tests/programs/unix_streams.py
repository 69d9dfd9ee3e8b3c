"""Local sockets with names: paths and abstract names, refused and taken ones."""
import os
import socket
import tempfile

from support import outcome

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "s")
    for name in (path, b"\0an abstract name"):
        shown = "path" if name is path else name
        with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
            outcome("refused", client.connect, b"\0nobody here")
            server.bind(name)
            outcome("not listening", client.connect, name)
            server.listen()
            print(server.getsockname() == name, client.getsockname())
            client.connect(name)
            accepted, address = server.accept()
            print(shown, repr(address), client.getpeername() == name, accepted.getsockname() == name)
            client.sendall(b"hello")
            print(accepted.recv(5))
            client.shutdown(socket.SHUT_WR)
            print(accepted.recv(1))
            accepted.close()
            with socket.socket(socket.AF_UNIX) as other:
                try:
                    other.bind(name)
                except OSError as error:
                    print("taken", error.strerror)
    print("a file for the path", os.path.exists(path))
    with socket.socket(socket.AF_UNIX) as client:
        outcome("closed", client.connect, path)
        outcome("too long", client.connect, "x" * 200)
        try:
            client.connect(("127.0.0.1", 80))
        except TypeError:
            print("wrong: TypeError")
with socket.socket(socket.AF_UNIX) as sock:
    sock.bind("")
    print("autobind", sock.getsockname()[:1], len(sock.getsockname()))
