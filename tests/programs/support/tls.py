"""Both ends of a TLS connection in memory buffers, and the certificates that a program's header asks for."""
import os
import re
import ssl
import tempfile


def path(name):
    """The file of a certificate, or of an authority; some have folders of their own."""
    return os.path.join(tempfile.gettempdir(), "certificates", *f"{name}.pem".split("/"))


def said(error):
    """An exception of `ssl` without the line of OpenSSL's source."""
    return f"{type(error).__name__} {re.sub(r' ?[(]_ssl[.]c[^)]*[)]', '', str(error))}"


def verdict(error):
    """The same, with what OpenSSL says of a certificate."""
    verify = [getattr(error, name, None) for name in ("verify_code", "verify_message")]
    return f"{said(error)} {getattr(error, 'reason', None)} {verify}"


def shake(client, server, host):
    """The two ends after their handshake; or none, and whose error ended it."""
    pair = Pair(client, server, host)
    failed = pair.shake()
    if failed is None:
        return (pair.client, pair.server), "no end"
    who, error = failed
    return None, f"{who} {verdict(error)}"


def swapping(front, other):
    """A server's context whose callback for names gives the connection another context."""
    def choose(connection, name, context):
        connection.context = other

    front.sni_callback = choose
    return front


class Pair:
    """A client and a server whose records are carried by the program."""

    def __init__(self, client, server, host="good.test", session=None):
        ends = [ssl.MemoryBIO() for _ in range(4)]
        self.client = client.wrap_bio(ends[0], ends[1], server_hostname=host, session=session)
        self.server = server.wrap_bio(ends[2], ends[3], server_side=True)
        self.ends = ends

    def carry(self):
        """What either end has written reaches the other; how many bytes that is."""
        to_client, from_client, to_server, from_server = self.ends
        moved = from_client.pending + from_server.pending
        to_server.write(from_client.read())
        to_client.write(from_server.read())
        return moved

    def shake(self):
        """The handshake: none, or whose error ended it."""
        for _ in range(6):
            done = 0
            for who, end in (("client", self.client), ("server", self.server)):
                try:
                    end.do_handshake()
                    done += 1
                except ssl.SSLWantReadError:
                    pass
                except ssl.SSLError as error:
                    self.carry()
                    return who, error
                self.carry()
            if done == 2:
                return None
        return "nobody", TimeoutError("the handshake does not end")

    def say(self, text=b"a word"):
        """The server says something, and the client reads it and all tickets before it."""
        self.server.write(text)
        self.carry()
        return self.client.read(100)
