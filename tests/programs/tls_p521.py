# needs: certificates
# native: 3.14
"""Keys and certificates on P-521: a server's, a client's, an authority's, in both versions; and the curve for key exchange."""
import ssl

from support.tls import path, shake


def serving(name, **settings):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path(name))
    for key, value in settings.items():
        setattr(context, key, value)
    return context


def trusting(name, **settings):
    context = ssl.create_default_context(cafile=path(name))
    for key, value in settings.items():
        setattr(context, key, value)
    return context


def attempt(what, client, server, host="p521.test"):
    ends, error = shake(client, server, host)
    if not ends:
        print(what, error)
        return
    one, other = ends
    print(what, one.version(), one.getpeercert()["subject"], (other.getpeercert() or {}).get("issuer"))


for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
    for name in ("leaf", "sha256"):
        server = serving(f"p521/{name}")
        client = trusting("p521/authority", minimum_version=version, maximum_version=version)
        attempt(name, client, server)
        attempt("not trusted", trusting("authority", maximum_version=version), server)
        attempt("another host", client, server, "other.test")
        asking = serving(f"p521/{name}", verify_mode=ssl.CERT_REQUIRED)
        asking.load_verify_locations(path("p521/authority"))
        client.load_cert_chain(path(f"p521/{name}"))
        attempt(f"client's {name}", client, asking)
        mixed = serving("good", verify_mode=ssl.CERT_REQUIRED)
        mixed.load_verify_locations(path("p521/authority"))
        client.load_verify_locations(path("authority"))
        attempt(f"client's {name}, another server", client, mixed, "good.test")

curved = serving("good")
curved.set_ecdh_curve("secp521r1")
attempt("exchange", trusting("authority"), curved, "good.test")
both = serving("p521/leaf")
both.set_ecdh_curve("secp521r1")
attempt("both", trusting("p521/authority"), both)
try:
    serving("p521/leaf").load_cert_chain(path("p521/leaf"), path("p521/sha256"))
except ssl.SSLError as error:
    print(type(error).__name__, error.reason)
