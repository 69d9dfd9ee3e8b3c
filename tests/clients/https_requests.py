# needs: certificates
# peers: python:https_server.py
"""requests and urllib3 over https: trust, refusals, keep-alive, streams."""
import hashlib
import os
import re
import tempfile
import warnings

import requests
import urllib3

warnings.simplefilter("ignore", urllib3.exceptions.NotOpenSSLWarning)

from support import peer

host, port = peer("https_server")
authority = os.path.join(tempfile.gettempdir(), "certificates", "authority.pem")
base = f"https://{host}:{port}"

with requests.Session() as session:
    session.trust_env = False  # whoever runs this may trust others
    session.verify = authority
    response = session.get(f"{base}/page", headers={"X-Test": "r"})
    print(response.status_code, response.text)
    print(session.get(f"{base}/redirect").history[0].status_code, session.get(f"{base}/missing").status_code)
    with session.get(f"{base}/large", stream=True) as response:
        digest = hashlib.sha256()
        for chunk in response.iter_content(100_000):
            digest.update(chunk)
        print(digest.hexdigest())
    print(session.post(f"{base}/upload", data=b"y" * 200_000, headers={"Content-Type": "a/b"}).text)
    session.verify = True
    try:
        session.get(f"{base}/late", timeout=10)
        print("a connection that was verified stays in use")
    except requests.exceptions.SSLError:
        print("refused")
try:
    with requests.Session() as session:
        session.trust_env = False
        session.get(f"{base}/page", timeout=10)
except requests.exceptions.SSLError as error:
    print(re.search(r"certificate verify failed: [a-z -]*", str(error)).group())
with urllib3.PoolManager(cert_reqs="CERT_NONE", assert_hostname=False) as pool:
    warnings.simplefilter("ignore", urllib3.exceptions.InsecureRequestWarning)
    print(pool.request("GET", f"{base}/page").status)
