# needs: certificates
# peers: python:openssl.py
# native: 3.14
"""`openssl s_server` and `openssl s_client` on the other end: certificates good and bad, versions, protocols, clients' certificates."""
import contextlib
import json
import os
import re
import socket
import ssl
import tempfile

from support import peer

address = peer("openssl")
folder = os.path.join(tempfile.gettempdir(), "certificates")
path = lambda name: os.path.join(folder, *f"{name}.pem".split("/"))


class Run:
    """`openssl` with these arguments."""

    def __init__(self, *arguments, **more):
        self.connection = socket.create_connection(address)
        self.file = self.connection.makefile("rw")
        self.tell({"arguments": arguments, **more})

    def tell(self, what):
        self.file.write(json.dumps(what) + "\n")
        self.file.flush()

    def answer(self):
        return json.loads(self.file.readline())


def said(error):
    text = re.sub(r" \(_ssl\.c[^)]*\)", "", str(error))
    verify = [getattr(error, name, None) for name in ("verify_code", "verify_message")]
    # OpenSSL says more of the last in its newest releases.
    return f"{type(error).__name__} {text} {getattr(error, 'reason', None)} {verify}".replace(" or the system clock is incorrect", "")


def to_server(what, host, context, *arguments):
    server = Run("s_server", "-accept", "127.0.0.1:0", "-rev", *arguments)
    port = server.answer()["port"]
    try:
        with socket.create_connection(("127.0.0.1", port), 30) as sock, context.wrap_socket(sock, server_hostname=host) as tls:
            tls.sendall(b"hello\n")
            print(what, "->", tls.recv(100), tls.version(), tls.selected_alpn_protocol(), tls.session_reused)
    except ssl.SSLError as error:
        print(what, "!!", said(error))
    except OSError as error:
        print(what, "!!", type(error).__name__)
    server.tell("end")
    server.answer()


def trusting(name="authority", **settings):
    context = ssl.create_default_context(cafile=path(name))
    for key, value in settings.items():
        setattr(context, key, value)
    return context


for version, flag in ((ssl.TLSVersion.TLSv1_2, "-tls1_2"), (ssl.TLSVersion.TLSv1_3, "-tls1_3")):
    for kind in ("good", "incomplete", "expired", "early", "self-signed", "unknown", "client-only", "other-host"):
        to_server(f"{kind} {flag}", f"{kind}.test", trusting(), "-cert", f"@{kind}", "-key", f"@{kind}", flag)
    to_server(f"pinned {flag}", "self-signed.test", trusting("self-signed"), "-cert", "@self-signed", "-key", "@self-signed", flag)
    protocols = trusting()
    protocols.set_alpn_protocols(["first", "second"])
    to_server(f"protocols {flag}", "good.test", protocols, "-cert", "@good", "-key", "@good", flag, "-alpn", "second,first")
    known = trusting()
    known.load_cert_chain(path("client-only"))
    asks = ("-cert", "@good", "-key", "@good", flag, "-Verify", "2", "-verify_return_error", "-CAfile", "@authority")
    to_server(f"client's certificate {flag}", "good.test", known, *asks)
    to_server(f"no client's certificate {flag}", "good.test", trusting(maximum_version=version), *asks)
    stranger = trusting()
    stranger.load_cert_chain(path("unknown"))
    to_server(f"unknown client's certificate {flag}", "good.test", stranger, *asks)
    # The server's own limits are lifted; the client's are not.
    for kind, authority, *more in (
        ("weak-digest", "strong-authority"), ("weak-key", "strong-authority"), ("weak-key-of-authority", "short-authority"),
        ("weak-digest-between", "strong-authority", "-cert_chain", "@old-between"), ("old-root", "old-authority"),
    ):  # fmt: skip
        certificate = ("-cert", f"@{kind}", "-key", f"@{kind}", *more)
        to_server(f"{kind} {flag}", "weak.test", trusting(authority), *certificate, flag, "-cipher", "DEFAULT@SECLEVEL=0")
for flag in ("-tls1_2", "-tls1_3"):
    for kind in ("p521/leaf", "p521/sha256"):
        certificate = ("-cert", f"@{kind}", "-key", f"@{kind}", flag)
        to_server(f"{kind} {flag}", "p521.test", trusting("p521/authority"), *certificate)
        to_server(f"{kind} {flag}, not trusted", "p521.test", trusting(), *certificate)
to_server("only 1.3", "good.test", trusting(minimum_version=ssl.TLSVersion.TLSv1_3), "-cert", "@good", "-key", "@good", "-tls1_2")
to_server("only 1.2", "good.test", trusting(maximum_version=ssl.TLSVersion.TLSv1_2), "-cert", "@good", "-key", "@good", "-tls1_3")
to_server("no cipher", "good.test", trusting(), "-cert", "@good", "-key", "@good", "-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256")

listener = socket.create_server(("127.0.0.1", 0))
port = listener.getsockname()[1]


def from_client(what, context, *arguments):
    client = Run(
        "s_client", "-connect", f"127.0.0.1:{port}", "-brief", "-quiet", "-verify_return_error", *arguments,
        input="hello\n",
    )  # fmt: skip
    with contextlib.closing(listener.accept()[0]) as sock:
        try:
            with context.wrap_socket(sock, server_side=True) as tls:
                data = tls.recv(100)
                certificate = tls.getpeercert()
                print(what, "->", data, tls.version(), tls.selected_alpn_protocol(), certificate and certificate["subject"])
                tls.sendall(b"DATA " + data.upper())
                tls.unwrap().close()
        except ssl.SSLError as error:
            print(what, "!!", said(error))
        except OSError as error:
            print(what, "!!", type(error).__name__)
    print("   ", client.answer()["said"])


def serving(name="good", **settings):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path(name))
    for key, value in settings.items():
        setattr(context, key, value)
    return context


trusts = ("-CAfile", "@authority", "-servername", "good.test", "-verify_hostname", "good.test")
for flag in ("-tls1_2", "-tls1_3"):
    from_client(f"good {flag}", serving(), flag, *trusts)
    from_client(f"between {flag}", serving("between"), flag, "-CAfile", "@authority")
    from_client(f"another host {flag}", serving("other-host"), flag, *trusts)
    from_client(f"expired {flag}", serving("expired"), flag, "-CAfile", "@authority")
    from_client(f"not trusted {flag}", serving(), flag, "-CAfile", "@self-signed")
    protocols = serving()
    protocols.set_alpn_protocols(["second", "first"])
    from_client(f"protocols {flag}", protocols, flag, *trusts, "-alpn", "first,second")
    asks = serving(verify_mode=ssl.CERT_REQUIRED)
    asks.load_verify_locations(path("authority"))
    from_client(f"client's certificate {flag}", asks, flag, *trusts, "-cert", "@client-only", "-key", "@client-only")
    from_client(f"no client's certificate {flag}", asks, flag, *trusts)
    from_client(f"unknown client's certificate {flag}", asks, flag, *trusts, "-cert", "@unknown", "-key", "@unknown")
for flag in ("-tls1_2", "-tls1_3"):
    for kind in ("p521/leaf", "p521/sha256"):
        trusts_p521 = ("-CAfile", "@p521/authority", "-servername", "p521.test", "-verify_hostname", "p521.test")
        from_client(f"{kind} {flag}", serving(kind), flag, *trusts_p521)
        from_client(f"{kind} {flag}, not trusted", serving(kind), flag, "-CAfile", "@authority")
        asks = serving(verify_mode=ssl.CERT_REQUIRED)
        asks.load_verify_locations(path("p521/authority"))
        from_client(f"client's {kind} {flag}", asks, flag, *trusts, "-cert", f"@{kind}", "-key", f"@{kind}")
from_client("no version", serving(minimum_version=ssl.TLSVersion.TLSv1_3), "-tls1_2", *trusts)
from_client("no cipher", serving(), "-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256", *trusts)
