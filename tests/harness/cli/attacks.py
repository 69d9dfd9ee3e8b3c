"""Tries what its policy does not allow; prints what came of each attempt."""

import _socket as module
import sys

_, allowed, closed, friend, stranger = sys.argv
allowed, closed, friend, stranger = int(allowed), int(closed), int(friend), int(stranger)

NUMERIC = ["127.0.0.1", "2130706433", "0x7f000001", "017700000001", "0x7f.1", "0177.0.0.1", "127.1", "0.0.0.0", "localhost"]
INSIDE_IPV6 = [
    "::1",
    "::",
    "::ffff:127.0.0.1",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b:1::127.0.0.1",
    "2002:7f00:1::1",
    "2001:0:1:2:3:4:80ff:fffe",
    "2606::5efe:127.0.0.1",
]


def attempt(name, function, *arguments):
    try:
        function(*arguments)
    except OSError as error:
        print(f"{name}: refused", type(error).__name__, flush=True)
    else:
        print(f"{name}: went through", flush=True)


def stream(family=module.AF_INET):
    return module.socket(family, module.SOCK_STREAM)


def datagram():
    return module.socket(module.AF_INET, module.SOCK_DGRAM)


for host in NUMERIC:
    attempt(f"connect {host}", lambda host=host: stream().connect((host, closed)))
for host in INSIDE_IPV6:
    attempt(f"connect {host}", lambda host=host: stream(module.AF_INET6).connect((host, closed)))
attempt("metadata", lambda: stream().connect(("169.254.169.254", 80)))

unbound = stream()
attempt("listen without an address", unbound.listen)
wildcard = stream()
attempt("listen on a wildcard", lambda: (wildcard.bind(("0.0.0.0", 0)), wildcard.listen()))
attempt("accept on it", lambda: (wildcard.setblocking(False), wildcard._accept()))
attempt("bind", lambda: stream().bind(("127.0.0.1", 0)))
attempt("bind datagrams", lambda: datagram().bind(("0.0.0.0", 5353)))

sender = datagram()
sender.sendto(b"hello", ("127.0.0.1", friend))
sender.connect(("127.0.0.1", friend))
sender.send(b"hello")
attempt("send elsewhere after connecting", lambda: sender.sendto(b"x", ("127.0.0.1", stranger)))
attempt("connect elsewhere", lambda: datagram().connect(("127.0.0.1", stranger)))
attempt("send elsewhere", lambda: datagram().sendto(b"x", ("127.0.0.1", stranger)))

# The number of a socket that was allowed something is the next one's.
first = stream()
first.connect(("127.0.0.1", allowed))
number = first.fileno()
first.close()
second = stream()
attempt("a number again", lambda: second.connect(("127.0.0.1", closed)))
attempt("a number that is gone", lambda: module.socket(fileno=number if second.fileno() != number else number + 1000))

for name in ["one.test", "One.Test.", "two.test"]:
    attempt(f"look up {name}", lambda name=name: module.getaddrinfo(name, 80))
refused = 0
for round in range(300):
    try:
        module.getaddrinfo(f"{round}.flood.test", 80)
    except OSError:
        refused += 1
print("flood: refused", refused)

del unbound, wildcard, sender, first, second
for round in range(2):
    held = []
    try:
        while len(held) < 1000:
            held.append(stream())
    except OSError:
        pass
    print("handles:", "few" if 0 < len(held) <= 40 else len(held))
    for sock in held:
        sock.close()
