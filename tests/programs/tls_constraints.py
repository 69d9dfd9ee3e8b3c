# needs: certificates
# native: 3.14
"""Authorities that may name some hosts only: by common names, by alternative names, by addresses; of servers and of clients."""
import ssl

from support.tls import path, shake

FILES = (
    "free", "permitted", "permitted-here", "permitted-above", "permitted-part", "excluded", "excluded-above", "excluded-below",
    "root", "root-names", "address", "mail", "names", "names-excluded", "names-here", "words", "wildcard", "label", "network",
    "network-here", "network-excluded",
)  # fmt: skip
HOSTS = {"wildcard": "www.victim.test", "label": "victim", "words": "a.example.com"}


def serving(name):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path(f"constraints/{name}"))
    return context


def trusting(name):
    context = ssl.create_default_context(cafile=path(f"constraints/{name}"))
    context.load_verify_locations(path("constraints/limited-authority"))
    return context


def attempt(what, client, server, host):
    ends, error = shake(client, server, host)
    print(what, "->" if ends else error)


for name in FILES:
    host = "127.0.0.1" if name.startswith("network") else HOSTS.get(name, "victim.test")
    attempt(name, trusting("authority"), serving(name), host)
for name in ("wildcard", "label"):
    attempt(f"{name} for no host", trusting("authority"), serving(name), "elsewhere.test")

never = trusting("authority")
never.hostname_checks_common_name = False
for name in ("free", "permitted", "names-here"):
    attempt(f"no common names, {name}", never, serving(name), "victim.test")
unchecked = trusting("authority")
unchecked.check_hostname = False
for name in ("free", "permitted", "excluded", "words"):
    attempt(f"any host, {name}", unchecked, serving(name), "victim.test")

front = serving("free")
front.verify_mode = ssl.CERT_REQUIRED
front.load_verify_locations(path("constraints/authority"))
for name in ("free", "permitted", "excluded", "permitted-here", "names", "words"):
    client = trusting("authority")
    client.load_cert_chain(path(f"constraints/{name}"))
    attempt(f"client {name}", client, front, "victim.test")
