# needs: certificates
# peers: python:smtp_server.py
"""smtplib sends mail over a connection that becomes TLS."""
import os
import re
import smtplib
import ssl
import tempfile

from support import peer

folder = os.path.join(tempfile.gettempdir(), "certificates")
context = ssl.create_default_context(cafile=os.path.join(folder, "authority.pem"))
with smtplib.SMTP(*peer("smtp_server"), local_hostname="client", timeout=30) as server:
    print(server.ehlo()[0], server.has_extn("starttls"))
    print(server.starttls(context=context), server.ehlo()[0], server.has_extn("starttls"), server.sock.getpeercert()["subject"])
    print(server.sendmail("me@example.com", ["you@example.com"], "Subject: x\r\n\r\nbody"))
    body = "Subject: big\r\n\r\n" + "a line of a long mail\r\n" * 20_000
    print(server.sendmail("me@example.com", ["you@example.com", "nobody@example.com"], body))
try:
    with smtplib.SMTP(*peer("smtp_server"), local_hostname="client", timeout=30) as server:
        server.starttls(context=ssl.create_default_context(cafile=os.path.join(folder, "self-signed.pem")))
except ssl.SSLCertVerificationError as error:
    print(re.sub(r" \(_ssl\.c[^)]*\)", "", str(error)))
