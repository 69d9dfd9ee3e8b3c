# needs: ipv6
"""The option calls that common packages make by default, in what they do to a socket and what they read afterwards."""
import socket
import struct

from support import describe

KEEPALIVE = ("SO_KEEPALIVE", 1), ("TCP_KEEPIDLE", None), ("TCP_KEEPINTVL", None), ("TCP_KEEPCNT", None)
NO_DELAY = ("TCP_NODELAY", 1)
#: What amqp looks at before it sets anything.
LOOKED_AT = """TCP_CORK TCP_DEFER_ACCEPT TCP_KEEPCNT TCP_KEEPIDLE TCP_KEEPINTVL TCP_LINGER2 TCP_MAXSEG TCP_NODELAY TCP_QUICKACK
TCP_SYNCNT TCP_USER_TIMEOUT TCP_WINDOW_CLAMP""".split()


def keepalive(idle, interval, count):
    return [("SO_KEEPALIVE", 1), ("TCP_KEEPIDLE", idle), ("TCP_KEEPINTVL", interval), ("TCP_KEEPCNT", count)]


#: (who, on what, calls): an option with a value is set and read back, one without is read.
CALLS = [
    ("urllib3, requests, httpcore, elasticsearch", "client", [NO_DELAY]),
    ("aiohttp, httpx on asyncio", "client", [("SO_KEEPALIVE", 1), NO_DELAY]),
    ("redis", "client", [NO_DELAY, *keepalive(30, 5, 3)]),
    ("pymysql, aiomysql, clickhouse-driver", "client", [NO_DELAY, ("SO_KEEPALIVE", 1)]),
    ("pg8000, thrift", "client", [("SO_KEEPALIVE", 1)]),
    ("asyncpg", "client", [NO_DELAY]),
    ("pymongo", "client", [NO_DELAY, *KEEPALIVE, ("TCP_KEEPIDLE", 120), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 9)]),
    ("pika", "client", [NO_DELAY, ("TCP_USER_TIMEOUT", 1000), ("SO_KEEPALIVE", 1), ("SO_ERROR", None)]),
    ("amqp, kombu, celery", "client", [("SO_KEEPALIVE", 1), *((name, None) for name in LOOKED_AT)]),
    ("amqp, its defaults", "client", [NO_DELAY, ("TCP_USER_TIMEOUT", 1000), *keepalive(60, 10, 9)]),
    ("amqp, with timeouts", "client", [("SO_SNDTIMEO", struct.pack("ll", 5, 0)), ("SO_RCVTIMEO", struct.pack("ll", 5, 0))]),
    ("amqp, what it read is set", "client", [
        ("TCP_CORK", 0), ("TCP_DEFER_ACCEPT", 0), ("TCP_LINGER2", 60), ("TCP_QUICKACK", 1), ("TCP_SYNCNT", 6),
        ("TCP_MAXSEG", 536)]),
    ("kafka-python, aiokafka", "client", [NO_DELAY, ("SO_KEEPALIVE", 1)]),
    ("distributed", "client", [*keepalive(10, 2, 10), ("TCP_USER_TIMEOUT", 30_000)]),
    ("stomp.py, pymemcache, rpyc", "client", [NO_DELAY, *keepalive(60, 60, 5)]),
    ("nats-py, websockets, asyncssh, tornado", "client", [NO_DELAY]),
    ("paramiko, paho-mqtt", "client", [("SO_KEEPALIVE", 1), ("SO_ERROR", None)]),
    ("ldap3", "client", [("SO_RCVTIMEO", struct.pack("ll", 10, 0))]),
    ("trio, anyio", "client", [NO_DELAY, ("TCP_NOTSENT_LOWAT", 2**14)]),
    ("twisted, when it aborts", "client", [("SO_LINGER", struct.pack("ii", 1, 0))]),
    ("twisted", "client", [NO_DELAY, ("SO_KEEPALIVE", True), ("SO_ERROR", None)]),
    ("trio, which looks at what it is given", "client", [("SO_DOMAIN", None), ("SO_PROTOCOL", None), ("SO_TYPE", None)]),
    ("dnspython over TCP", "client", [("SO_ERROR", None)]),
    ("gunicorn", "server", [("SO_REUSEADDR", 1), ("SO_REUSEPORT", 1), ("SO_ACCEPTCONN", None), NO_DELAY]),
    ("uvicorn, werkzeug", "server", [("SO_REUSEADDR", 1)]),
    ("hypercorn, tornado, asyncio, twisted, aiohttp", "server", [("SO_REUSEADDR", 1), ("SO_REUSEPORT", 1)]),
    ("cheroot", "server", [("SO_REUSEPORT", 1), ("SO_REUSEADDR", 1), NO_DELAY]),
    ("waitress", "server", [("SO_REUSEADDR", None), ("SO_REUSEADDR", 1), NO_DELAY, ("SO_ERROR", None)]),
    ("thrift, cheroot", "server6", [("IPV6_V6ONLY", 0), ("SO_REUSEADDR", 1)]),
    ("asyncio, asyncssh, waitress, trio, anyio", "server6", [("SO_REUSEADDR", True), ("IPV6_V6ONLY", True)]),
    ("rpyc, twisted, wakeonlan", "datagrams", [("SO_BROADCAST", True)]),
    ("rpyc's registry, asyncio", "datagrams", [("SO_REUSEADDR", 1), ("SO_REUSEPORT", 1), ("SO_BROADCAST", 1)]),
    ("zeroconf, to speak", "datagrams", [
        ("SO_REUSEADDR", 1), ("SO_REUSEPORT", 1), ("IP_MULTICAST_TTL", b"\xff"), ("IP_MULTICAST_LOOP", b"\x01")]),
    ("async-upnp-client, ssdp", "datagrams", [("IP_MULTICAST_TTL", 2)]),
    ("zeroconf over IPv6", "datagrams6", [("IPV6_MULTICAST_HOPS", 255), ("IPV6_MULTICAST_LOOP", True)]),
    ("zeroconf, aiocoap", "datagrams6", [("IPV6_V6ONLY", 0)]),
    ("scripts for voice and video", "datagrams", [("IP_TOS", 0xB8)]),
    ("scripts for voice and video", "datagrams6", [("IPV6_TCLASS", 0xB8)]),
]
LEVELS = {"SO": "SOL_SOCKET", "TCP": "IPPROTO_TCP", "IPV6": "IPPROTO_IPV6", "IP": "IPPROTO_IP"}


def make(what):
    family = socket.AF_INET6 if what.endswith("6") else socket.AF_INET
    kind = socket.SOCK_DGRAM if what.startswith("datagrams") else socket.SOCK_STREAM
    return socket.socket(family, kind)


def call(sock, name, value):
    level = getattr(socket, LEVELS[name.partition("_")[0]])
    option = getattr(socket, name)
    if value is not None:
        sock.setsockopt(level, option, value)
    return sock.getsockopt(level, option)


for who, what, calls in CALLS:
    with make(what) as sock:
        for name, value in calls:
            try:
                answer = call(sock, name, value)
            except OSError as error:
                answer = describe(error)
            shown = "" if value is None or isinstance(value, bytes) else f" {value}"
            print(f"{who}: {name}{shown}: {answer}")

# What they set them for still works.
with socket.create_server(("127.0.0.1", 0), reuse_port=True) as server:
    with socket.create_connection(server.getsockname()) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 3))
        accepted, _ = server.accept()
        with accepted:
            print(accepted.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT))
            client.sendall(b"GET / HTTP/1.1\r\n\r\n")
            print(accepted.recv(1024))
            accepted.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        print(client.recv(99))
