# needs: certificates
# peers: debian:nginx-tls12 debian:nginx-tls13
"""nginx with TLS 1.2 alone and 1.3 alone: urllib.request, http.client and requests, and those who want the other version."""
import hashlib
import http.client
import os
import re
import ssl
import tempfile
import urllib.request
import warnings

import requests
import urllib3

from support import peer

warnings.simplefilter("ignore", urllib3.exceptions.NotOpenSSLWarning)
authority = os.path.join(tempfile.gettempdir(), "certificates", "authority.pem")
versions = {"nginx-tls12": ssl.TLSVersion.TLSv1_2, "nginx-tls13": ssl.TLSVersion.TLSv1_3}
for name, version in versions.items():
    host, port = peer(name)
    context = ssl.create_default_context(cafile=authority)
    connection = http.client.HTTPSConnection(host, port, context=context, timeout=30)
    connection.request("GET", "/page.txt")
    response = connection.getresponse()
    print(name, response.status, response.read(), connection.sock.version() == version.name.replace("_", "."))
    connection.request("GET", "/big.bin")
    print(hashlib.sha256(connection.getresponse().read()).hexdigest())
    connection.request("POST", "/upload", body=b"u" * 3_000_000)
    print(connection.getresponse().read())
    session = connection.sock.session
    connection.close()
    print("session", session is not None and session.has_ticket)
    with urllib.request.urlopen(f"https://{host}:{port}/old", context=context, timeout=30) as response:
        print(response.status, response.read())
    with requests.Session() as session:
        session.trust_env = False
        session.verify = authority
        for path in ("/page.txt", "/text.txt", "/teapot", "/missing"):
            response = session.get(f"https://{host}:{port}{path}", timeout=30)
            print(path, response.status_code, len(response.content) > 0)
    other = ssl.create_default_context(cafile=authority)
    if version is ssl.TLSVersion.TLSv1_2:
        other.minimum_version = ssl.TLSVersion.TLSv1_3
    else:
        other.maximum_version = ssl.TLSVersion.TLSv1_2
    try:
        urllib.request.urlopen(f"https://{host}:{port}/", context=other, timeout=30)
    except OSError as error:
        print(type(error.reason).__name__, re.sub(r" \(_ssl\.c[^)]*\)", "", str(error.reason)))
    connection = http.client.HTTPConnection(host, port, timeout=30)
    connection.request("GET", "/page.txt")
    print("plain", connection.getresponse().status)
    connection.close()
