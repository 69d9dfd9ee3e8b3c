# needs: certificates
# peers: python:https_server.py
"""https with what Python brings: http.client and urllib.request, with and without trust."""
import hashlib
import http.client
import os
import re
import ssl
import tempfile
import urllib.error
import urllib.request

from support import peer

host, port = peer("https_server")
authority = os.path.join(tempfile.gettempdir(), "certificates", "authority.pem")
context = ssl.create_default_context(cafile=authority)
base = f"https://{host}:{port}"

connection = http.client.HTTPSConnection(host, port, timeout=10, context=context)
for path in ("/one", "/two", "/chunked", "/large", "/missing"):
    connection.request("GET", path, headers={"X-Test": "a"})
    response = connection.getresponse()
    body = response.read()
    print(path, response.status, response.reason, len(body), hashlib.sha256(body).hexdigest())
connection.request("POST", "/upload", body=b"x" * 300_000, headers={"Content-Type": "text/plain"})
print(connection.getresponse().read())
connection.close()

with urllib.request.urlopen(f"{base}/redirect", context=context, timeout=10) as response:
    print(response.status, response.url.endswith("/target"), response.read())
for what, wrong in (("no trust", ssl.create_default_context(cafile=authority.replace("authority", "self-signed"))), ("default", None)):
    try:
        urllib.request.urlopen(f"{base}/", context=wrong, timeout=10)
    except urllib.error.URLError as error:
        print(what, type(error.reason).__name__, re.sub(r" \(_ssl\.c[^)]*\)", "", str(error)))
try:
    http.client.HTTPSConnection("localhost", port, timeout=10, context=context).request("GET", "/")
except ssl.SSLCertVerificationError as error:
    print(error.verify_code, error.verify_message)
