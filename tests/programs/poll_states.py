# peers: full closed puppet
"""What poll says of a socket in every state."""
import select
import socket

from support import PATTERN, connected, listener, outcome, peer
from support.puppet import Puppet

NAMES = ("POLLIN", "POLLPRI", "POLLOUT", "POLLERR", "POLLHUP", "POLLNVAL", "POLLRDHUP")
puppet = Puppet()


def show(state, sock, wait=0, until=select.POLLIN):
    poll = select.poll()
    if wait:
        poll.register(sock, until)
        poll.poll(wait * 1000)
    poll.register(sock, select.POLLIN | select.POLLPRI | select.POLLOUT | select.POLLRDHUP)
    events = dict(poll.poll(0)).get(sock.fileno(), 0)
    print(state, *(name for name in NAMES if events & getattr(select, name)))


show("fresh", socket.socket())
show("fresh udp", socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
server, address = listener()
show("listening", server)
client = socket.create_connection(address)
show("queued", server, 30)
accepted, _ = server.accept()
show("connected", client)
client.sendall(b"x")
show("data", accepted, 30)
client.shutdown(socket.SHUT_WR)
show("data and end", accepted, 30, select.POLLRDHUP)
accepted.recv(1)
show("end", accepted, 30)
show("shut down", client)
accepted.close()
show("both ended", client, 30)

connecting = socket.socket()
connecting.setblocking(False)
connecting.connect_ex(peer("full"))
show("connecting", connecting)
refused = socket.socket()
refused.setblocking(False)
refused.connect_ex(peer("closed"))
show("refused", refused, 30, select.POLLOUT)
print("SO_ERROR", refused.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) != 0)
show("after SO_ERROR", refused)
sock = puppet.meet()
puppet.do("reset")
show("reset", sock, 30)
