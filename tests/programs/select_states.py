# peers: full closed puppet
"""What select says of a socket in every state."""
import select
import socket

from support import PATTERN, connected, listener, outcome, peer
from support.puppet import Puppet

puppet = Puppet()


def show(state, sock, wait=0, writing=False):
    """Wait for one of the two to hold, then show which do."""
    if wait:
        select.select([] if writing else [sock], [sock] if writing else [], [], wait)
    readable, writable, exceptional = select.select([sock], [sock], [sock], 0)
    print(state, "readable" * bool(readable), "writable" * bool(writable), "exceptional" * bool(exceptional))


show("fresh", socket.socket())
show("fresh udp", socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
bound = socket.socket()
bound.bind(("127.0.0.1", 0))
show("bound", bound)
server, address = listener()
show("listening", server)
client = socket.create_connection(address)
show("queued", server, 30)
accepted, _ = server.accept()
show("taken", server)
show("connected", client)
client.sendall(b"x")
show("data", accepted, 30)
client.shutdown(socket.SHUT_WR)
accepted.recv(1)
show("end", accepted, 30)
accepted.close()
show("both ended", client, 30)

connecting = socket.socket()
connecting.setblocking(False)
connecting.connect_ex(peer("full"))
show("connecting", connecting)
refused = socket.socket()
refused.setblocking(False)
refused.connect_ex(peer("closed"))
show("refused", refused, 30, writing=True)
sock = puppet.meet()
puppet.do("reset")
show("reset", sock, 30)
filled = puppet.meet(4096)
filled.setblocking(False)
try:
    while True:
        filled.send(PATTERN)
except BlockingIOError:
    show("filled", filled)
