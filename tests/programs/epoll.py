"""epoll objects: registering, levels, edges, one shot, turns, instances that watch instances, and closing."""
import select
import socket

from support import connected, outcome


def told(epoll, names, timeout=0):
    print(sorted((names[fd], hex(events)) for fd, events in epoll.poll(timeout)))


ours, theirs = socket.socketpair()
names = {ours.fileno(): "ours"}
epoll = select.epoll()
outcome("register", epoll.register, ours, select.EPOLLIN)
outcome("register again", epoll.register, ours, select.EPOLLIN)
outcome("modify unknown", epoll.modify, theirs, select.EPOLLIN)
outcome("unregister unknown", epoll.unregister, theirs)
outcome("register itself", epoll.register, epoll)
outcome("register text", epoll.register, "x")
outcome("register nothing open", epoll.register, 999)
outcome("exclusive and one shot", epoll.register, theirs, select.EPOLLEXCLUSIVE | select.EPOLLONESHOT)
outcome("no events", epoll.poll, 0, 0)
outcome("timeout text", epoll.poll, "x")
outcome("timeout too large", epoll.poll, 2**31)
for arguments in ((0,), (-2,), (10, 12356), ("x",), (1, 2, 3)):
    outcome(f"epoll{arguments}", select.epoll, *arguments)

told(epoll, names, 0.01)
theirs.send(b"1")
told(epoll, names, 10)
told(epoll, names)
epoll.modify(ours, select.EPOLLIN | select.EPOLLOUT | select.EPOLLET)
told(epoll, names)
told(epoll, names)
ours.recv(1)
told(epoll, names)
theirs.send(b"2")
told(epoll, names)
told(epoll, names)
ours.recv(1)
ours.setblocking(False)
theirs.setblocking(False)
try:
    while True:
        ours.send(bytes(65536))
except BlockingIOError:
    told(epoll, names)
try:
    while True:
        theirs.recv(1 << 20)
except BlockingIOError:
    told(epoll, names)
    told(epoll, names)
epoll.modify(ours, select.EPOLLIN | select.EPOLLONESHOT)
theirs.send(b"3")
told(epoll, names)
told(epoll, names)
epoll.modify(ours, select.EPOLLIN | select.EPOLLONESHOT)
told(epoll, names)
epoll.modify(ours, select.EPOLLIN)
theirs.close()
told(epoll, names)
ours.close()
told(epoll, names)

pairs = [socket.socketpair() for _ in range(6)]
for first, second in pairs:
    epoll.register(first, select.EPOLLIN)
    second.send(b"x")
print(len({fd for _ in range(3) for fd, _ in epoll.poll(0, 2)}))
outer = select.epoll()
outer.register(epoll, select.EPOLLIN)
told(outer, {epoll.fileno(): "inner"})
outcome("circle", epoll.register, outer)
print(select.select([epoll], [], [], 0)[0] == [epoll])
outer.close()

tcp, peer = connected()
epoll.register(tcp, select.EPOLLIN | select.EPOLLRDHUP)
for first, second in pairs:
    first.close()
    second.close()
peer.shutdown(socket.SHUT_WR)
told(epoll, {tcp.fileno(): "tcp"}, 10)
tcp.close()
peer.close()

with select.epoll(sizehint=5, flags=select.EPOLL_CLOEXEC) as other:
    print(other.closed, other.fileno() >= 0)
print(other.closed)
outcome("fileno when closed", other.fileno)
outcome("poll when closed", other.poll, 0)
outcome("register when closed", other.register, 1)
outcome("enter when closed", other.__enter__)
outcome("close when closed", other.close)
outcome("subclass", type, "Sub", (select.epoll,), {})
again = select.epoll.fromfd(epoll.fileno())
print(again.poll(0))
again.close()

rows = [select.epoll() for _ in range(8)]
for position in range(7):
    outcome(f"row from above {position}", rows[position].register, rows[position + 1], select.EPOLLIN)
for instance in rows:
    instance.close()
rows = [select.epoll() for _ in range(8)]
for position in reversed(range(7)):
    outcome(f"row from below {position}", rows[position].register, rows[position + 1], select.EPOLLIN)
for instance in rows:
    instance.close()
