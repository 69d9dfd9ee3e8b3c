# needs: certificates
# native: 3.14
"""Whom a certificate must name: every host that a program may say, with every certificate; what is sent, and what is said."""
import ssl

from support.tls import Pair, path, said

HOSTS = (
    "good.test", "GOOD.test", "xgood.test", "good.test.", "good.test..", ".good.test", "", "good.test:", "localhost",
    "www.bank.example", "WWW.BANK.example", "www.bank.example.", "bank.example", "a.b.bank.example", "*.bank.example",
    "a_b.bank.example", "_.bank.example", "a b.bank.example", "xn--a.bank.example", "-.bank.example", ".bank.example",
    "a b", "bank.example:443", "-bank-.example", "b√ank.example", "bücher.example", "under_score.test", "a..b", "*",
    "127.0.0.1", "127.0.0.1:443", "127.0.0.1.", " 127.0.0.1", "127.0.0.1 ", "127.0.0.01", "127.1", "0x7f.0.0.1",
    "2130706433", "1.2.3.4.5", "127.0.0.256", "0.0.0.0", "::1", "0:0:0:0:0:0:0:1", "[::1]", "::1 ", "::00001", "1::2::3",
    "fe80::1", "FE80:0::1", "fe80::1%eth0", "::127.0.0.1", "::ffff:127.0.0.1", "1:2:3:4:5:6:7::", ":::",
    "name.invalid", "a" * 63 + ".test", "a" * 64 + ".test", ".".join(["a" * 60] * 5), "good.test\0x",
    "ｇood.test", "good。test", "good.test。",
)  # fmt: skip
CERTIFICATES = ("good", "wildcard", "addresses", "literal", "placeholder")


def visit(certificate, host, checks):
    """What came of a handshake, which host the connection has, and which name the server heard."""
    names = []
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path(certificate))
    server.sni_callback = lambda connection, name, context: names.append(name)
    client = ssl.create_default_context(cafile=path("authority"))
    client.check_hostname = checks
    try:
        pair = Pair(client, server, host)
    except (ValueError, TypeError, ssl.SSLError) as error:
        return said(error), None, None
    failure = pair.shake()
    if failure is None:
        return "accepted", pair.client.server_hostname, names
    who, error = failure
    return f"{who} {said(error)} {getattr(error, 'verify_code', None)}", pair.client.server_hostname, names


for host in HOSTS:
    shown = ascii(host) if len(host) < 70 else f"{len(host)} letters"
    outcome, hostname, names = visit("good", host, False)
    print(shown, "unchecked:", ascii(outcome), ascii(hostname))
    if names:
        print(shown, "sent:", ascii(names[0]))
    outcomes = {}
    for certificate in CERTIFICATES:
        outcomes.setdefault(visit(certificate, host, True)[0], []).append(certificate)
    for outcome, certificates in outcomes.items():
        print(shown, *certificates, ascii(outcome))
