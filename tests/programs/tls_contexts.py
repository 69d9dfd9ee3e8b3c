# needs: certificates
"""A connection that is given another context keeps its settings, all but certificate, trust, ciphers and protocols: every
setting of the one context with every other, and every demand with every demand."""
import gc
import os
import ssl
import tempfile
import warnings
import weakref

from support.tls import Pair, path, swapping

warnings.simplefilter("ignore", DeprecationWarning)
FEW = "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"


END = "-----END CERTIFICATE-----\n"


def leaf(name):
    with open(path(name)) as file:
        return ssl.PEM_cert_to_DER_cert(file.read().partition(END)[0] + END)


NAMES = {leaf(name): name for name in ("good", "between", "incomplete", "unknown")}
with open(path("between")) as file:
    MIDDLE = "-----BEGIN CERTIFICATE-----".join(["", file.read().split("-----BEGIN CERTIFICATE-----")[2]])


def demands(mode, trust, flags=0):
    def change(context):
        context.verify_mode = mode
        context.verify_flags |= flags
        context.load_verify_locations(**trust)

    return change


def sets(name, value):
    return lambda context: setattr(context, name, value)


def adds(option):
    return lambda context: setattr(context, "options", context.options | option)


def own_order(is_own):
    def change(context):
        context.set_ciphers(":".join(reversed(FEW)))
        if not is_own:
            context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE

    return change


def shows_another(context):
    context.load_cert_chain(path("between"))


AUTHORITY, STRANGER = {"cafile": path("authority")}, {"cafile": path("stranger")}
WANTS = {
    "required": demands(ssl.CERT_REQUIRED, AUTHORITY),
    "optional": demands(ssl.CERT_OPTIONAL, AUTHORITY),
    "trusts": demands(ssl.CERT_NONE, AUTHORITY),
    "stranger": demands(ssl.CERT_REQUIRED, STRANGER),
    "partial": demands(ssl.CERT_REQUIRED, {"cadata": MIDDLE}, ssl.VERIFY_X509_PARTIAL_CHAIN),
    "whole": demands(ssl.CERT_REQUIRED, {"cadata": MIDDLE}),
    "crl": demands(ssl.CERT_REQUIRED, AUTHORITY, ssl.VERIFY_CRL_CHECK_LEAF),
}
SETTINGS = {
    "plain": lambda context: None,
    **WANTS,
    "minimum 1.3": sets("minimum_version", ssl.TLSVersion.TLSv1_3),
    "maximum 1.2": sets("maximum_version", ssl.TLSVersion.TLSv1_2),
    "no 1.3": adds(ssl.OP_NO_TLSv1_3),
    "no 1.2": adds(ssl.OP_NO_TLSv1_2),
    "no ticket": adds(ssl.OP_NO_TICKET),
    "no tickets": sets("num_tickets", 0),
    "few ciphers": lambda context: context.set_ciphers(FEW[0]),
    "own order": own_order(True),
    "client's order": own_order(False),
    "protocols": lambda context: context.set_alpn_protocols(["second", "first"]),
    "certificate": shows_another,
    "curve": lambda context: context.set_ecdh_curve("secp384r1"),
    "any end": adds(ssl.OP_IGNORE_UNEXPECTED_EOF),
}


def server(setting):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path("good"))
    SETTINGS[setting](context)
    return context


def client(certificate=None, old=False, curve=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["first", "second"])
    context.set_ciphers(":".join(FEW))
    if old:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    if certificate:
        context.load_cert_chain(path(certificate))
    if curve:
        context.set_ecdh_curve(curve)
    return context


VISITORS = {
    "1.3": client(),
    "1.2": client(old=True),
    "P-256": client(curve="prime256v1"),
    "known": client("good"),
    "known by 1.2": client("good", old=True),
    "strange": client("unknown"),
    "of the middle": client("incomplete"),
}
ALONE = ("1.3", "1.2", "P-256")


def outcome(pair):
    """All that a setting may have had a hand in."""
    failure = pair.shake()
    if failure is None:
        try:
            pair.say()  # what a client of 1.3 has done wrong is told with the first word
        except ssl.SSLError as error:
            failure = "client", error
    if failure is not None:
        who, error = failure
        return who, error.reason, getattr(error, "verify_message", "")
    one, other = pair.client, pair.server
    session = one.session
    said = [
        other.version(), NAMES[one.getpeercert(True)], one.selected_alpn_protocol(), one.session_reused,
        other.cipher()[0] if other.version() == "TLSv1.2" else "",
        NAMES.get(other.getpeercert(True), "nobody"), bool(other.getpeercert()),
        session is not None and session.has_ticket if other.version() == "TLSv1.3" else "",
    ]  # fmt: skip
    pair.ends[2].write_eof()
    try:
        said.append(other.read(1))
    except ssl.SSLError as error:
        said.append(error.reason)
    return said


def show(visitors, made):
    """One line for each outcome, with those who had it."""
    outcomes = {}
    for visitor in visitors:
        outcomes.setdefault(" ".join(map(str, outcome(made(VISITORS[visitor])))), []).append(visitor)
    for text, had_it in outcomes.items():
        print("   ", ", ".join(had_it), "->", text)


def before(visitor, front, other):
    pair = Pair(visitor, front)
    pair.server.context = other
    return pair


def late(visitor, setting):
    context = server("plain")
    pair = Pair(visitor, context)
    SETTINGS[setting](context)
    return pair


def pairs():
    for setting in SETTINGS:
        yield "plain", setting
        if setting != "plain":
            yield setting, "plain"
    for front in WANTS:
        for other in WANTS:
            yield front, other


for first, second in pairs():
    print("made with", first, "and given", second)
    visitors = VISITORS if first in WANTS else ALONE
    show(visitors, lambda visitor: Pair(visitor, swapping(server(first), server(second))))
for first in ("plain", "required", "no 1.3", "certificate"):
    for second in ("plain", "required", "no 1.3", "certificate"):
        print("made with", first, "and given", second, "before the client spoke")
        show(VISITORS, lambda visitor: before(visitor, server(first), server(second)))
for setting in SETTINGS:
    print("made before", setting)
    show(ALONE, lambda visitor: late(visitor, setting))


def of_client(setting):
    context = client(old=setting == "old", certificate="unknown" if setting == "certificate" else None)
    if setting in ("required", "stranger"):
        WANTS[setting](context)
    elif setting == "none":
        context.set_alpn_protocols([])
    return context


asking = server("protocols")
demands(ssl.CERT_OPTIONAL, STRANGER)(asking)
for first in ("plain", "required", "stranger", "old", "none", "certificate"):
    for second in ("plain", "required", "stranger", "old", "none", "certificate"):
        if "plain" in (first, second):
            pair = Pair(of_client(first), asking)
            pair.client.context = of_client(second)
            said = outcome(pair)
            told = pair.client.getpeercert() != {} if pair.client.version() else ""
            print("a client made with", first, "and given", second, "->", *said, told)


def counts(context):
    return [context.session_stats()[what] for what in ("accept_good", "hits", "connect", "connect_good")]


def calling(front, other):
    """The front's callback gives another context, and both say that they were called."""

    def choose(connection, name, context):
        calls.append((name, context is front, context is other))
        connection.context = other

    front.sni_callback = other.sni_callback = choose
    return front, other


calls = []
front, other = calling(server("plain"), server("certificate"))
visitor = client()
first = Pair(visitor, front)
print(*outcome(first), calls, counts(visitor), counts(front), counts(other))
print(*outcome(before(visitor, front, other)), calls, counts(front), counts(other))
print(*outcome(Pair(visitor, front, session=first.client.session)), counts(visitor), counts(front), counts(other))
another = client()
pair = Pair(visitor, front)
pair.client.context = another
print(*outcome(pair), counts(visitor), counts(another))

for logs_first, logs_second in ((True, False), (False, True), (True, True)):
    files = [os.path.join(tempfile.gettempdir(), f"keys-{logs_first}-{logs_second}-{which}") for which in range(2)]
    front, other = server("plain"), server("certificate")
    for context, file, logs in zip((front, other), files, (logs_first, logs_second)):
        if logs:
            context.keylog_filename = file
    outcome(Pair(VISITORS["1.3"], swapping(front, other)))
    for which, file in enumerate(files):
        if os.path.exists(file):
            with open(file) as log:
                print("keys", logs_first, logs_second, "of", which, sorted({line.split()[0] for line in log}))

front = swapping(server("plain"), other)
pair, seen = Pair(VISITORS["1.3"], front), weakref.ref(front)
del front
pair.shake()
gc.collect()
print("let go of the first", seen() is None)

pair = Pair(VISITORS["1.3"], server("plain"))
pair.shake()
pair.server.context = other
print(pair.server.context is other, pair.server.version())
for wrong in (None, "a context"):
    try:
        pair.server.context = wrong
    except TypeError as error:
        print(error)
