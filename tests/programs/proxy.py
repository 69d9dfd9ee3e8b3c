# peers: sink puppet
"""A proxy that copies both ways between two connections, closing each as it ends."""
import hashlib
import selectors
import socket

from support import PATTERN, listener, peer
from support.puppet import Puppet

server, (host, port) = listener()
puppet = Puppet()
puppet.do("connect", port)
client, _ = server.accept()
upstream = socket.create_connection(peer("sink"))
puppet.start("send", 4 << 20)
puppet.start("finish")
puppet.start("drain")

selector = selectors.DefaultSelector()
other = {client: upstream, upstream: client}
waiting = {client: b"", upstream: b""}
for sock in other:
    sock.setblocking(False)
    selector.register(sock, selectors.EVENT_READ)
ended = set()
while len(ended) < 2 or any(waiting.values()):
    for key, events in selector.select(30):
        source, target = key.fileobj, other[key.fileobj]
        if events & selectors.EVENT_READ and source not in ended and not waiting[target]:
            waiting[target] = source.recv(65536)
            if not waiting[target]:
                ended.add(source)
                target.shutdown(socket.SHUT_WR)
        if events & selectors.EVENT_WRITE and waiting[source]:
            waiting[source] = waiting[source][source.send(waiting[source]):]
    for sock in other:
        events = selectors.EVENT_WRITE if waiting[sock] else 0
        if sock not in ended and not waiting[other[sock]]:
            events |= selectors.EVENT_READ
        if sock in selector.get_map():
            selector.unregister(sock)
        if events:
            selector.register(sock, events)
print(puppet.finish(), puppet.finish())
total, digest = puppet.finish().split()
answer = b"%d %s\n" % (4 << 20, hashlib.sha256(PATTERN * 64).hexdigest().encode())
print(total == str(len(answer)), digest == hashlib.sha256(answer).hexdigest())
