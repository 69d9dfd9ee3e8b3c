"""Makes the calls of a table, which is its argument, through Python's modules, and prints an answer for each."""

import errno
import select
import socket
import struct
import sys

FAMILIES = {"inet": socket.AF_INET, "inet6": socket.AF_INET6, "unix": socket.AF_UNIX}
TYPES = {"stream": socket.SOCK_STREAM, "datagram": socket.SOCK_DGRAM, "seqpacket": socket.SOCK_SEQPACKET, "raw": socket.SOCK_RAW}
HOW = {"read": socket.SHUT_RD, "write": socket.SHUT_WR, "both": socket.SHUT_RDWR}
FLAGS = {
    "peek": socket.MSG_PEEK,
    "oob": socket.MSG_OOB,
    "dontwait": socket.MSG_DONTWAIT,
    "waitall": socket.MSG_WAITALL,
    "trunc": socket.MSG_TRUNC,
    "errqueue": socket.MSG_ERRQUEUE,
}
EVENTS = {
    "in": select.POLLIN,
    "pri": select.POLLPRI,
    "out": select.POLLOUT,
    "err": select.POLLERR,
    "hup": select.POLLHUP,
    "nval": select.POLLNVAL,
    "rdhup": select.POLLRDHUP,
}
TRIGGERS = {"edge": select.EPOLLET, "oneshot": select.EPOLLONESHOT}

things = {}
watched = {}


def number(word):
    return FAMILIES.get(word) or TYPES.get(word) or int(word)


def place(word):
    if word.startswith("@"):
        return things[word[1:]].getsockname()
    if word.startswith("unix:"):
        return word[5:].replace("@", "\0")
    host, _, port = word.rpartition(":")
    return (host.strip("[]"), int(port))


def place_text(address):
    if isinstance(address, bytes):
        address = address.decode()
    if isinstance(address, str):
        return "unix:" + address.replace("\0", "@")
    host, port = address[:2]
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{'PORT' if port else 0}"


def data(word):
    text, star, times = word.partition("*")
    return text.encode() * int(times) if star else word.encode()


def data_text(found):
    if len(found) > 40:
        return f"{len(found)} bytes"
    return found.decode() or "nothing"


def flags(words):
    return sum(FLAGS[word] for word in words)


def mask(words):
    return sum(EVENTS[word] for word in words.split(","))


def words(found):
    return ",".join(name for name, bit in EVENTS.items() if found & bit)


def seconds(word):
    return None if word == "none" else float(word)


def milliseconds(word):
    return None if word == "none" else float(word) * 1000


def listed(found):
    return " ".join(found) or "nothing"


def control(sock, name, value):
    inet6 = sock.family == socket.AF_INET6
    if name == "hops":
        return (socket.IPPROTO_IPV6, socket.IPV6_HOPLIMIT, struct.pack("i", int(value))) if inet6 else (
            socket.IPPROTO_IP, socket.IP_TTL, struct.pack("i", int(value)))
    if name == "class":
        return (socket.IPPROTO_IPV6, socket.IPV6_TCLASS, struct.pack("i", int(value))) if inet6 else (
            socket.IPPROTO_IP, socket.IP_TOS, struct.pack("i", int(value)))
    packed = socket.inet_pton(sock.family, value)
    if inet6:
        return (socket.IPPROTO_IPV6, socket.IPV6_PKTINFO, packed + bytes(4))
    return (socket.IPPROTO_IP, socket.IP_PKTINFO, bytes(4) + packed + bytes(4))


def control_text(level, kind, payload):
    match level, kind, len(payload):
        case (0, 2, 4) | (41, 52, 4):
            return f"hops={payload[0]}"
        case (0, 1, 1) | (41, 67, 4):
            return f"class={payload[0]}"
        case (0, 8, 12):
            return f"packet={socket.inet_ntop(socket.AF_INET, payload[4:8])}"
        case (41, 50, 20):
            return f"packet={socket.inet_ntop(socket.AF_INET6, payload[:16])}"
        case (1, 2, 12):
            return "credentials"
        case (1, 29, 16):
            return "timestamp"
    return f"{level}/{kind}"


def sendmsg(sock, payload, rest):
    ancillary, rights, to = [], [], None
    for word in rest:
        name, _, value = word.partition("=")
        if name == "right":
            rights.append(things[value].fileno())
        elif name == "to":
            to = place(value)
        else:
            ancillary.append(control(sock, name, value))
    if rights:
        ancillary.append((socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack(f"{len(rights)}i", *rights)))
    return sock.sendmsg([data(payload)], ancillary, 0, *([to] if to else []))


def recvmsg(name, size, room, rest):
    payload, ancillary, found, _ = things[name].recvmsg(size, room, flags(rest))
    parts = [data_text(payload)]
    parts += [word for word, bit in [("trunc", socket.MSG_TRUNC), ("ctrunc", socket.MSG_CTRUNC)] if found & bit]
    rights = []
    others = []
    for level, kind, content in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            rights += struct.unpack(f"{len(content) // 4}i", content)
        else:
            others.append(control_text(level, kind, content))
    parts += sorted(others)
    for place, fd in enumerate(rights):
        things[f"{name}{place}"] = socket.socket(fileno=fd)
        parts.append(f"right={name}{place}")
    return " ".join(parts)


def poll(timeout, asked):
    poller = select.poll()
    names = {}
    for word in asked:
        name, _, events = word.partition(":")
        names[things[name].fileno()] = name
        poller.register(things[name], mask(events))
    return listed(f"{names[fd]}:{words(found)}" for fd, found in poller.poll(milliseconds(timeout)))


def watch(epoll, name, events, trigger):
    bits = mask(events) | sum(TRIGGERS[word] for word in trigger)
    things[epoll].register(things[name], bits)
    watched[things[name].fileno()] = name


def wait(epoll, timeout, most):
    found = things[epoll].poll(seconds(timeout), most)
    return listed(sorted(f"{watched[fd]}:{words(bits)}" for fd, bits in found))


def option(sock, level, name):
    value = sock.getsockopt(level, name)
    if (level, name) == (socket.SOL_SOCKET, socket.SO_ERROR) and value:
        return errno.errorcode[value]
    return value


def call(names, asked):
    match asked:
        case ["socket", family, kind, *protocol]:
            things[names[0]] = socket.socket(number(family), number(kind), *map(int, protocol))
        case ["pair", kind]:
            things[names[0]], things[names[1]] = socket.socketpair(socket.AF_UNIX, TYPES[kind])
        case ["dup", name]:
            things[names[0]] = things[name].dup()
        case ["accept", name]:
            accepted, peer = things[name].accept()
            if names:
                things[names[0]] = accepted
            return place_text(peer)
        case ["epoll"]:
            things[names[0]] = select.epoll()
        case ["drop", name]:
            things.pop(name).close()
        case ["close", name]:
            things[name].close()
        case ["timeout", name, timeout]:
            things[name].settimeout(seconds(timeout))
        case ["bind", name, local]:
            things[name].bind(place(local))
        case ["connect", name, remote]:
            things[name].connect(place(remote))
        case ["connect_ex", name, remote]:
            code = things[name].connect_ex(place(remote))
            return error_name(code) if code else "ok"
        case ["listen", name]:
            things[name].listen(8)
        case ["shutdown", name, how]:
            things[name].shutdown(HOW[how])
        case ["name", name]:
            return place_text(things[name].getsockname())
        case ["peer", name]:
            return place_text(things[name].getpeername())
        case ["recv", name, size, *rest]:
            return data_text(things[name].recv(int(size), flags(rest)))
        case ["recvmsg", name, size, room, *rest]:
            return recvmsg(name, int(size), int(room), rest)
        case ["send", name, payload, *rest]:
            return things[name].send(data(payload), flags(rest))
        case ["sendall", name, payload]:
            things[name].sendall(data(payload))
        case ["sendto", name, payload, remote]:
            return things[name].sendto(data(payload), place(remote))
        case ["sendmsg", name, payload, *rest]:
            return sendmsg(things[name], payload, rest)
        case ["getsockopt", name, level, option_name]:
            return option(things[name], int(level), int(option_name))
        case ["setsockopt", name, level, option_name, value]:
            things[name].setsockopt(int(level), int(option_name), int(value))
        case ["poll", timeout, *rest]:
            return poll(timeout, rest)
        case ["register", epoll, name, events, *trigger]:
            watch(epoll, name, events, trigger)
        case ["modify", epoll, name, events, *trigger]:
            bits = mask(events) | sum(TRIGGERS[word] for word in trigger)
            things[epoll].modify(things[name], bits)
        case ["unregister", epoll, name]:
            things[epoll].unregister(things[name])
        case ["wait", epoll, timeout, most]:
            return wait(epoll, timeout, int(most))
        case ["gethostname"]:
            return socket.gethostname()
        case ["sethostname", name]:
            socket.sethostname(name)
        case ["if_nameindex"]:
            return " ".join(f"{index}:{name}" for index, name in socket.if_nameindex())
        case ["if_nametoindex", name]:
            return socket.if_nametoindex(name)
        case ["if_indextoname", index]:
            return socket.if_indextoname(int(index))
        case ["getaddrinfo", host, service]:
            found = socket.getaddrinfo(host, service, type=socket.SOCK_STREAM)
            return " ".join(place_text(one[4]) for one in found)
        case _:
            return f"no such call: {asked}"
    return "ok"


def error_name(code):
    return {"EWOULDBLOCK": "EAGAIN", "ENOTSUP": "EOPNOTSUPP"}.get(name := errno.errorcode.get(code, str(code)), name)


def answer(line):
    names, equals, rest = line.partition(" = ")
    try:
        return call(names.split(), rest.split()) if equals else call([], line.split())
    except socket.gaierror as error:
        return f"gaierror {error.errno}"
    except socket.herror as error:
        return f"herror {error.errno}"
    except OSError as error:
        return error_name(error.errno) if error.errno is not None else str(error)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


for line in sys.argv[1].splitlines():
    print(answer(line), flush=True)
