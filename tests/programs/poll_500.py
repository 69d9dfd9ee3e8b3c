"""poll over 500 sockets finds the ready ones."""
import select
import socket

from support import listener

server, address = listener(backlog=512)
clients, accepted = [], []
for _ in range(250):
    clients.append(socket.create_connection(address))
    accepted.append(server.accept()[0])
poll = select.poll()
for sock in clients + accepted:
    poll.register(sock, select.POLLIN)
print(poll.poll(0))
for index in (0, 100, 249):
    clients[index].sendall(b"x")
    select.select([accepted[index]], [], [], 30)
numbers = [sock.fileno() for sock in accepted]
print(sorted(numbers.index(number) for number, events in poll.poll(30000) if events == select.POLLIN))
for sock in clients:
    sock.close()
ended = set()
while len(ended) < 250:
    for number, events in poll.poll(30000):
        if number in numbers:
            ended.add(number)
        poll.unregister(number)
print("ended", len(ended))
