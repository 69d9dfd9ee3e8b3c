# needs: certificates
"""Which sessions open which connections: after a change of contexts, of demands, of trust and of hosts."""
import ssl

from support.tls import Pair, path, swapping


def server(certificate="good", demands=False, trust="authority"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path(certificate))
    context.load_verify_locations(path(trust))
    context.verify_mode = ssl.CERT_REQUIRED if demands else ssl.CERT_NONE
    return context


def client(certificate=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = context.maximum_version = version
    context.load_verify_locations(path("authority"))
    context.check_hostname = False
    if certificate:
        context.load_cert_chain(path(certificate))
    return context


def visit(label, visitor, context, host="good.test", session=None):
    pair = Pair(visitor, context, host, session)
    failure = pair.shake()
    if failure is None:
        pair.say()
        print(version.name, label, pair.client.session_reused, pair.server.session_reused)
    else:
        print(version.name, label, failure[0], failure[1].reason)
    return pair.client.session


for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
    visitor, front, other = client(), server(), server("between")
    swapping(front, other)
    session = visit("given another context", visitor, front)
    session = visit("and again", visitor, front, session=session)
    visit("directly to that other", visitor, other, session=session)
    session = visit("first to that other", visitor, other)
    visit("then given it", visitor, front, session=session)

    visitor, strict, plain = client(), server(demands=True), server()
    session = visit("to one without demands", visitor, plain)
    visit("then to one with demands", visitor, strict, session=session)
    visit("then to one with demands that is given the first", visitor, swapping(strict, plain), session=session)
    plain.verify_mode = ssl.CERT_REQUIRED
    visit("to the first, which demands now", visitor, plain, session=session)

    known, strict = client("good"), server(demands=True)
    session = visit("with a certificate", known, strict)
    session = visit("with a certificate again", known, strict, session=session)
    visit("trust of others", known, swapping(strict, server(demands=True, trust="stranger")), session=session)

    visitor, plain = client(), server()
    session = visit("to a host", visitor, plain, "127.0.0.1")
    visit("to it again", visitor, plain, "127.0.0.1", session)
    visitor.check_hostname = True
    session = visit("that must be named", visitor, plain, "127.0.0.1", session)
    session = visit("that must be named again", visitor, plain, "127.0.0.1", session)
    visit("to a host that is not named", visitor, plain, "127.0.0.2", session)
    try:
        visit("of another context", client(), plain, "127.0.0.1", session)
    except ValueError as error:
        print(error)
