"""select over 500 sockets finds the ready ones."""
import select
import socket

from support import listener

server, address = listener(backlog=512)
clients, accepted = [], []
for _ in range(250):
    clients.append(socket.create_connection(address))
    accepted.append(server.accept()[0])
everything = clients + accepted
print(len(everything), select.select(everything, [], [], 0)[0] == [])
chosen = [3, 77, 249]
for index in chosen:
    clients[index].sendall(b"%d" % index)
    select.select([accepted[index]], [], [], 30)
for sock in everything:
    select.select([], [sock], [], 30)
readable, writable, _ = select.select(everything, everything, [], 30)
print([accepted.index(sock) for sock in readable], len(writable))
print([sock.recv(10) for sock in readable])
for sock in accepted:
    sock.sendall(b"all")
waiting = set(clients)
while waiting:
    for sock in select.select(waiting, [], [], 30)[0]:
        assert sock.recv(3, socket.MSG_WAITALL) == b"all"
        waiting.remove(sock)
print("all answered")
