# ways: threads wasi wasmtime wasmtime-threads
# patience: 240
"""Sockets that are closed by half: each way to shut down, on each side, of each kind, and what every call says then."""
import select
import socket

from support import connected, describe, normal

#: Seconds after which what one end has done is known at the other, on one machine. Nothing waits for more than that.
SETTLE = 0.02
HOWS = {"RD": socket.SHUT_RD, "WR": socket.SHUT_WR, "RDWR": socket.SHUT_RDWR}
MODES = {"blocking": None, "timeout": 0.05, "nonblocking": 0}
EVENTS = [name for name in ("POLLIN", "POLLOUT", "POLLRDHUP", "POLLHUP", "POLLERR", "POLLPRI")]


def datagrams():
    """Two UDP sockets that have each other as their peer."""
    ends = [socket.socket(type=socket.SOCK_DGRAM) for _ in range(2)]
    for end in ends:
        end.bind(("127.0.0.1", 0))
    ends[0].connect(ends[1].getsockname())
    ends[1].connect(ends[0].getsockname())
    return ends


KINDS = {
    "tcp": connected,
    "stream": socket.socketpair,
    "datagrams": lambda: socket.socketpair(type=socket.SOCK_DGRAM),
    "packets": lambda: socket.socketpair(type=socket.SOCK_SEQPACKET),
    "udp": datagrams,
}


def attempt(call, *arguments):
    """What a call says."""
    try:
        return normal(repr(call(*arguments)))
    except Exception as error:
        return describe(error)


def poll(sock):
    watch = select.poll()
    watch.register(sock, select.POLLIN | select.POLLOUT | select.POLLRDHUP | select.POLLPRI)
    # A host that has other things to do may say nothing at first.
    found = dict(watch.poll(0) or watch.poll(SETTLE * 1000)).get(sock.fileno(), 0)
    return " ".join(name for name in EVENTS if found & getattr(select, name)) or "nothing"


def settle(*socks):
    for sock in socks:
        if sock.type == socket.SOCK_STREAM and sock.family == socket.AF_INET:
            select.select([sock], [], [], SETTLE)


def await_refusal(sock):
    """Wait until a datagram has come back as an error."""
    if sock.type == socket.SOCK_DGRAM and sock.family == socket.AF_INET:
        watch = select.poll()
        watch.register(sock, 0)
        watch.poll(5000)


def would_wait(sock):
    return sock.gettimeout() is None and not select.select([sock], [], [], 0)[0]


def receiving(method, *arguments):
    """Receive twice: what was there, and what comes after it."""
    def call(ours, theirs):
        first = "waits" if would_wait(ours) else attempt(getattr(ours, method), *arguments)
        return first, "waits" if would_wait(ours) else attempt(getattr(ours, method), *arguments)
    return call


def receive_into(ours, theirs):
    buffer = bytearray(99)
    first = "waits" if would_wait(ours) else attempt(ours.recv_into, buffer)
    return first, bytes(buffer[:8])


def sending(method, data):
    """Send twice, and let the other end's answer come in between."""
    def call(ours, theirs):
        first = attempt(getattr(ours, method), data)
        settle(theirs, ours)
        return first, attempt(getattr(ours, method), data), poll(ours)
    return call


def selected(ours, theirs):
    return tuple(len(found) for found in select.select([ours], [ours], [ours], 0))


def shutting(how):
    def call(ours, theirs):
        said = attempt(ours.shutdown, HOWS[how])
        settle(theirs)
        return said, poll(ours), poll(theirs)
    return call


def closing(ours, theirs):
    """Close, and see how the other end finds it."""
    ours.close()
    settle(theirs)
    seen = poll(theirs)
    theirs.settimeout(0)
    received = attempt(theirs.recv, 99)
    sent = attempt(theirs.send, b"x")
    settle(theirs)
    if sent == "1":
        await_refusal(theirs)
    return seen, received, sent, attempt(theirs.send, b"x")


CALLS = {
    "recv": receiving("recv", 99),
    "one": receiving("recv", 1),
    "peek": receiving("recv", 99, socket.MSG_PEEK),
    "peek one": receiving("recv", 1, socket.MSG_PEEK),
    "recvfrom": receiving("recvfrom", 99),
    "recv_into": receive_into,
    "recvmsg": receiving("recvmsg", 99),
    "send": sending("send", b"x"),
    "send nothing": sending("send", b""),
    "sendall": sending("sendall", b"x"),
    "sendmsg": sending("sendmsg", [b"x", b"y"]),
    "select": selected,
    "poll": lambda ours, theirs: (poll(ours), poll(theirs)),
    "shutdown RD": shutting("RD"),
    "shutdown WR": shutting("WR"),
    "shutdown RDWR": shutting("RDWR"),
    "getpeername": lambda ours, theirs: (attempt(ours.getpeername), attempt(theirs.getpeername)),
    "getsockname": lambda ours, theirs: attempt(ours.getsockname),
    "SO_ERROR": lambda ours, theirs: attempt(ours.getsockopt, socket.SOL_SOCKET, socket.SO_ERROR),
    "close": closing,
}


def cell(kind, side, how, early, call, mode):
    """What `call` says in one state and one mode."""
    ours, theirs = KINDS[kind]()
    with ours, theirs:
        if early:
            theirs.send(early)
            select.select([ours], [], [], 5)
        (ours if side == "ours" else theirs).shutdown(HOWS[how])
        settle(ours, theirs)
        ours.settimeout(MODES[mode])
        return CALLS[call](ours, theirs)


for kind in KINDS:
    for side in ("ours", "theirs"):
        for how in HOWS:
            for early in (b"", b"early"):
                for call in CALLS:
                    answers = {}
                    for mode in MODES:
                        answers.setdefault(str(cell(kind, side, how, early, call, mode)), []).append(mode)
                    for answer, modes in answers.items():
                        mode = "" if len(modes) == len(MODES) else " " + " ".join(modes)
                        print(f"{kind} {side} {how} {early.decode()} {call}{mode}: {answer}")
