# needs: certificates
# native: 3.14
"""A peer that sends 150 certificates which may all have issued each other: refused, to a client and to a server, at once."""
import ssl

from support.tls import path, shake

for name in ("alternating", "anchored"):
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path(f"crowds/{name}"))
    client = ssl.create_default_context(cafile=path("crowds/authority"))
    print(name, shake(client, server, "victim.test"))

    asking = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    asking.load_cert_chain(path("good"))
    asking.verify_mode = ssl.CERT_REQUIRED
    asking.load_verify_locations(path("crowds/authority"))
    client = ssl.create_default_context(cafile=path("authority"))
    client.load_cert_chain(path(f"crowds/{name}"))
    client.maximum_version = ssl.TLSVersion.TLSv1_2
    print(name, "of a client", shake(client, asking, "good.test"))
