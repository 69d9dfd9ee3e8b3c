"""What a program sees of a bad network: `client.py SCENARIO HOST PORT`. Prints what came of it, and nothing that depends on chance."""
import asyncio
import errno
import hashlib
import socket
import sys

from support import outcome

PATTERN = bytes(range(256)) * 256
MIB = 1 << 20
scenario, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
address = (host, port)


def expected(size):
    return (PATTERN * (size // len(PATTERN) + 1))[:size]


def asked():
    """Let the network become worse, and go on once it has."""
    print("?", flush=True)
    sys.stdin.readline()


def transfer():
    """Both directions, with every byte where it belongs."""
    with socket.create_connection(address, timeout=60) as sock, sock.makefile("rb") as file:
        sock.sendall(b"get %d\n" % MIB)
        print("received", file.read(MIB) == expected(MIB))
        sock.sendall(b"put %d\n" % MIB + expected(MIB))
        print("sent", file.readline().decode().strip() == hashlib.sha256(expected(MIB)).hexdigest())


def streams():
    """The same with asyncio, several at a time."""

    async def one():
        reader, writer = await asyncio.open_connection(host, port)
        writer.write(b"get %d\n" % (MIB // 8))
        right = await reader.readexactly(MIB // 8) == expected(MIB // 8)
        writer.close()
        await writer.wait_closed()
        return right

    async def several():
        return await asyncio.gather(*(one() for _ in range(8)))

    print("received", asyncio.run(several()))


def datagrams():
    """Requests that are repeated until they are answered."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.connect(address)
        sock.settimeout(0.1)
        answered = 0
        for number in range(50):
            request = b"%d " % number + PATTERN[:1000]
            while True:
                sock.send(request)
                try:
                    while (answer := sock.recv(2000)) != request:
                        assert answer.split()[0].isdigit()  # an answer to an earlier request that came late
                except TimeoutError:
                    continue
                break
            answered += 1
        print("answered", answered)


def dead_connection():
    """A connection whose network is gone: a receive with a limit, then keep-alive's verdict."""
    with socket.create_connection(address, timeout=10) as sock:
        sock.sendall(b"hold\n")
        print(sock.recv(100))
        asked()
        sock.settimeout(0.2)
        outcome("recv with a limit", sock.recv, 1)
        sock.settimeout(None)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 2)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        outcome("recv", sock.recv, 1)
        outcome("recv again", sock.recv, 1)
        outcome("send", sock.send, b"x")


def user_timeout():
    """What is sent and never acknowledged, with TCP_USER_TIMEOUT."""
    with socket.create_connection(address, timeout=10) as sock:
        sock.sendall(b"hold\n")
        print(sock.recv(100))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 500)
        asked()
        sock.settimeout(None)
        outcome("send", sock.send, b"lost")
        outcome("recv", sock.recv, 1)


def unanswered():
    """Nobody answers a connect."""
    outcome("connect with a limit", socket.create_connection, address, timeout=0.2)
    with socket.socket() as sock:
        sock.settimeout(0.2)
        outcome("connect_ex with a limit", lambda: errno.errorcode.get(sock.connect_ex(address)))


def no_way():
    """Nobody there, or nobody who knows the way."""
    outcome("no such neighbour", socket.create_connection, ("10.99.0.77", port), timeout=20)
    outcome("no way", socket.create_connection, ("192.0.2.1", port), timeout=20)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        outcome("no way for a datagram", sock.sendto, b"x", ("192.0.2.1", port))


def black_hole():
    """Small messages arrive, big ones vanish."""
    with socket.create_connection(address, timeout=10) as sock, socket.create_connection(address, timeout=10) as other:
        for each in (sock, other):
            each.sendall(b"hold\n")
            print(each.recv(100))
        asked()
        other.sendall(b"small")
        sock.settimeout(0.5)
        outcome("send of much", sock.sendall, PATTERN * 400)


globals()[scenario]()
print("done")
