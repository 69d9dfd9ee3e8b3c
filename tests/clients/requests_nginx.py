# peers: debian:nginx closed
"""requests: methods, keep-alive, redirects, gzip, ranges, streams, big bodies both ways, statuses, time-outs."""
import hashlib

import requests

from support import peer

host, port = peer("nginx")
base = f"http://{host}:{port}"

with requests.Session() as session:
    response = session.get(f"{base}/page.txt")
    print(response.status_code, response.reason, response.headers["Content-Type"], repr(response.text))
    for path in ("/old", "/missing", "/teapot", "/forbidden/"):
        response = session.get(base + path, allow_redirects=path == "/old")
        print(path, response.status_code, [step.status_code for step in response.history], len(response.content) > 0)
    response = session.head(f"{base}/big.bin")
    print("head", response.status_code, response.headers["Content-Length"], response.content)
    response = session.get(f"{base}/text.txt", headers={"Accept-Encoding": "gzip"})
    print("gzip", response.headers.get("Content-Encoding"), len(response.text), response.text[:20])
    response = session.get(f"{base}/big.bin", headers={"Range": "bytes=1000-1999"})
    print("range", response.status_code, len(response.content), response.headers["Content-Range"])
    with session.get(f"{base}/big.bin", stream=True) as response:
        digest, size = hashlib.sha256(), 0
        for chunk in response.iter_content(100_000):
            digest.update(chunk)
            size += len(chunk)
        print("stream", size, digest.hexdigest())
    body = bytes(range(256)) * 16384
    print("upload", session.post(f"{base}/upload", data=body).text)
    print("chunked", session.post(f"{base}/upload", data=(body[start : start + 65536] for start in range(0, len(body), 65536))).status_code)
    print("form", session.post(f"{base}/upload", data={"name": "väl"}).text)
    print("json", session.put(f"{base}/upload", json={"list": [1, 2]}).text)
    try:
        session.get(f"{base}/slow.bin", timeout=0.3).content
    except requests.exceptions.RequestException as error:
        print("slow", type(error).__name__)

closed_host, closed_port = peer("closed")
try:
    requests.get(f"http://{closed_host}:{closed_port}/", timeout=5)
except requests.exceptions.ConnectionError as error:
    print(type(error).__name__, type(error.args[0]).__name__, "Connection refused" in str(error))
