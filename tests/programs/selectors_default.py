"""Every selector class that there is serves an echo."""
import selectors
import socket

from support import listener

for name in ("DefaultSelector", "EpollSelector", "PollSelector", "SelectSelector"):
    with getattr(selectors, name)() as selector:
        server, address = listener()
        server.setblocking(False)
        selector.register(server, selectors.EVENT_READ, "server")
        clients = [socket.create_connection(address) for _ in range(5)]
        for index, client in enumerate(clients):
            client.sendall(b"hello %d" % index)
            client.shutdown(socket.SHUT_WR)
        finished = 0
        while finished < 5:
            ready = selector.select(30)
            assert ready
            for key, events in ready:
                if key.data == "server":
                    selector.register(key.fileobj.accept()[0], selectors.EVENT_READ, "client")
                elif data := key.fileobj.recv(100):
                    key.fileobj.sendall(data.upper())
                else:
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
                    finished += 1
        selector.unregister(server)
        server.close()
        print(name, sorted(client.recv(100) for client in clients), len(selector.get_map()))
        for client in clients:
            client.close()
