# needs: certificates
# peers: python:https_server.py closed
"""httpx over https: a client, an asyncio client, requests at the same time, streams, refusals."""
import asyncio
import hashlib
import os
import ssl
import tempfile

import httpx

from support import peer

host, port = peer("https_server")
base = f"https://{host}:{port}"
context = ssl.create_default_context(cafile=os.path.join(tempfile.gettempdir(), "certificates", "authority.pem"))
with httpx.Client(verify=context, trust_env=False, follow_redirects=True) as client:
    response = client.get(f"{base}/page", headers={"X-Test": "h"})
    print(response.status_code, response.http_version, response.text)
    print([step.status_code for step in client.get(f"{base}/redirect").history], client.get(f"{base}/missing").status_code)
    with client.stream("GET", f"{base}/large") as response:
        digest = hashlib.sha256()
        for chunk in response.iter_bytes(100_000):
            digest.update(chunk)
        print(digest.hexdigest())
    print(client.post(f"{base}/upload", content=b"z" * 200_000, headers={"Content-Type": "a/b"}).text)


async def together():
    async with httpx.AsyncClient(verify=context, trust_env=False) as client:
        answers = await asyncio.gather(*(client.get(f"{base}/page/{number}") for number in range(10)))
        print([answer.status_code for answer in answers], answers[7].text)
        async with client.stream("GET", f"{base}/large") as response:
            print(sum([len(part) async for part in response.aiter_bytes()]))


asyncio.run(together())
try:
    httpx.get(base, trust_env=False, verify=ssl.create_default_context(cafile=os.path.join(tempfile.gettempdir(), "certificates", "self-signed.pem")))
except httpx.ConnectError as error:
    print(type(error).__name__, "certificate verify failed" in str(error))
closed_host, closed_port = peer("closed")
try:
    httpx.get(f"http://{closed_host}:{closed_port}/", trust_env=False)
except httpx.ConnectError as error:
    print(type(error).__name__)
