# needs: certificates
"""Both ends of a connection in memory buffers: handshakes, sessions, client certificates, names, ends and errors."""
import ssl

from support import tls
from support.tls import path

client = ssl.create_default_context(cafile=path("authority"))
server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
server.load_cert_chain(path("good"))


def said(error):
    return f"{tls.said(error)} {error.library} {error.reason}"


class Pair(tls.Pair):
    def __init__(self, host="good.test", client=client, server=server, session=None):
        super().__init__(client, server, host, session)

    def shake(self):
        failed = super().shake()
        if failed is not None:
            print(" ", failed[0], said(failed[1]))
        return failed is None


pair = Pair()
print(pair.shake(), pair.client.version(), pair.server.version(), pair.client.cipher() == pair.server.cipher())
print(pair.client.write(b"to the server"), pair.carry() > 0, pair.server.read(100))
print(pair.server.write(b"x" * 40_000), pair.carry() > 40_000)
pair.carry()
print(sum(len(pair.client.read(16384)) for _ in range(3)), pair.client.pending())
try:
    pair.client.read(1)
except ssl.SSLWantReadError as error:
    print(said(error))
session = pair.client.session
print(session.has_ticket, session.timeout > 0, pair.client.session_reused)
again = Pair(session=session)
print(again.shake(), again.client.session_reused, again.server.session_reused)

try:
    pair.client.unwrap()
except ssl.SSLWantReadError:
    pass
pair.carry()
print(pair.server.read(1))
pair.server.unwrap()
pair.carry()
print(pair.client.unwrap())

mutual = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
mutual.load_cert_chain(path("good"))
mutual.verify_mode = ssl.CERT_REQUIRED
mutual.load_verify_locations(path("authority"))
known = ssl.create_default_context(cafile=path("authority"))
known.load_cert_chain(path("client-only"))
pair = Pair(client=known, server=mutual)
print(pair.shake(), pair.server.getpeercert()["subject"])
for version in (ssl.TLSVersion.TLSv1_2,):
    strange = ssl.create_default_context(cafile=path("authority"))
    strange.maximum_version = version
    print("no certificate", Pair(client=strange, server=mutual).shake())
    strange.load_cert_chain(path("unknown"))
    print("unknown certificate", Pair(client=strange, server=mutual).shake())

names = []


def choose(connection, name, context):
    names.append(name)
    other = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    other.load_cert_chain(path("between"))
    connection.context = other


chooser = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
chooser.load_cert_chain(path("good"))
chooser.sni_callback = choose
print(Pair("between.test", server=chooser).shake(), names)
chooser.sni_callback = lambda connection, name, context: ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
print("refused", Pair(server=chooser).shake())
print("bad certificate", Pair("elsewhere.test").shake())

old = ssl.create_default_context(cafile=path("authority"))
old.maximum_version = ssl.TLSVersion.TLSv1_2
new = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
new.load_cert_chain(path("good"))
new.minimum_version = ssl.TLSVersion.TLSv1_3
print("versions", Pair(client=old, server=new).shake())
few = ssl.create_default_context(cafile=path("authority"))
few.maximum_version = ssl.TLSVersion.TLSv1_2
few.set_ciphers("ECDHE-RSA-AES128-GCM-SHA256")
print("ciphers", Pair(client=few).shake())

for garbage in (b"GET / HTTP/1.1\r\n\r\n", b"SSH-2.0-x\r\n", b"\x16\x03\x01\x00\x05hello"):
    pair = Pair()
    pair.ends[2].write(garbage)
    try:
        pair.server.do_handshake()
    except ssl.SSLError as error:
        print(garbage[:4], type(error).__name__, error.library)
pair = Pair()
pair.ends[2].write_eof()
try:
    pair.server.do_handshake()
except ssl.SSLError as error:
    print(said(error))
