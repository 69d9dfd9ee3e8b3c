"""What the programs share: where their peers are, and printing what a call did."""
import errno
import re
import socket
import sys

# What the peers `source`, `flood` and the puppet's `send` repeat.
PATTERN = bytes((index * 7 + index // 256) % 256 for index in range(65536))


def peer(name):
    """The address of a peer that the program's header asks for."""
    for argument in sys.argv[1:]:
        kind, _, address = argument.partition("=")
        if kind == name:
            host, _, port = address.rpartition(":")
            return host.strip("[]"), int(port)
    raise LookupError(f"no peer {name!r} in {sys.argv[1:]}")


def describe(error):
    """An exception as text that does not depend on the platform's numbers."""
    name = type(error).__name__
    if isinstance(error, OSError) and error.errno is not None and not isinstance(error, (socket.gaierror, socket.herror)):
        return f"{name} {code(error.errno)} {error.strerror}"
    return f"{name} {error.args!r}"


def outcome(label, call, *arguments, **keywords):
    """Call, print what came of it, and return it."""
    try:
        result = call(*arguments, **keywords)
    except Exception as error:
        print(label, "!!", describe(error))
        return None
    print(label, "->", normal(repr(result)))
    return result


def code(number):
    """An error number by name, 0 as it is; where a platform has two names for a number, by the one that Linux gives."""
    for name in ("EAGAIN", "EOPNOTSUPP", "EPIPE"):
        if number == getattr(errno, name):
            return name
    return errno.errorcode.get(number, number)


def normal(text):
    """A repr without port and descriptor numbers."""
    text = re.sub(r"\bfd=\d+", "fd=FD", text)
    return re.sub(r"(\('(?:127\.0\.0\.1|::1|0\.0\.0\.0|::|::ffff:127\.0\.0\.1)', )[1-9]\d{3,}", r"\1PORT", text)


def listener(family=socket.AF_INET, backlog=16):
    """A listening socket on loopback, and its address."""
    server = socket.socket(family, socket.SOCK_STREAM)
    server.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
    server.listen(backlog)
    return server, server.getsockname()


def connected(family=socket.AF_INET):
    """Two connected TCP sockets: ours and the accepted one."""
    server, address = listener(family)
    with server:
        client = socket.create_connection(address[:2])
        accepted, _ = server.accept()
    return client, accepted


def read_all(sock, size=65536):
    """Everything until the end."""
    return b"".join(iter(lambda: sock.recv(size), b""))
