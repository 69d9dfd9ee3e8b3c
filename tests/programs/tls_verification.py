# needs: certificates
# peers: python:tls.py
"""Certificates, good and bad, and what the exceptions say of them."""
import os
import re
import socket
import ssl
import tempfile

from support import peer

address = peer("tls")
folder = os.path.join(tempfile.gettempdir(), "certificates")
authority = os.path.join(folder, "authority.pem")


def shorter(text):
    """OpenSSL says more of the same in its newest releases."""
    return text.replace(" or the system clock is incorrect", "")


def attempt(what, context, host):
    try:
        with socket.create_connection(address) as sock, context.wrap_socket(sock, server_hostname=host) as tls:
            certificate = tls.getpeercert()
            names = certificate.get("subjectAltName") if certificate else certificate
            print(what, "->", names, len(tls.getpeercert(True)) > 100)
    except ssl.SSLError as error:
        text = shorter(re.sub(r" \(_ssl\.c.*\)", "", str(error)))
        print(what, "!!", type(error).__name__, isinstance(error, ValueError), error.errno, text)
        message = getattr(error, "verify_message", None)
        print(" ", error.library, error.reason, getattr(error, "verify_code", None), message and shorter(message))


context = ssl.create_default_context(cafile=authority)
for kind in ("good", "between", "incomplete", "expired", "early", "self-signed", "unknown", "client-only"):
    attempt(kind, context, f"{kind}.test")
attempt("other-host", context, "other-host.test")
attempt("address", context, "127.0.0.1")
attempt("other address", context, "127.0.0.2")

unchecked = ssl.create_default_context(cafile=authority)
unchecked.check_hostname = False
attempt("host unchecked", unchecked, "other-host.test")
unchecked.verify_mode = ssl.CERT_NONE
attempt("nothing checked", unchecked, "expired.test")

pinned = ssl.create_default_context(cafile=os.path.join(folder, "self-signed.pem"))
attempt("pinned", pinned, "self-signed.test")
attempt("not pinned", pinned, "good.test")
empty = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
attempt("nobody trusted", empty, "good.test")
try:
    unchecked.check_hostname = True
    unchecked.verify_mode = ssl.CERT_NONE
except ValueError as error:
    print(error)
