# peers: python:http_server.py closed
"""urllib.request: pages, redirects, errors, posts."""
import urllib.error
import urllib.parse
import urllib.request

from support import peer

host, port = peer("http_server")
base = f"http://{host}:{port}"
with urllib.request.urlopen(f"{base}/page?x=1", timeout=30) as response:
    print(response.status, response.headers["X-Reply"], response.read().decode(), response.geturl() == f"{base}/page?x=1")
request = urllib.request.Request(f"{base}/header", headers={"X-Test": "a header"})
print(urllib.request.urlopen(request).read())
with urllib.request.urlopen(f"{base}/redirect") as response:
    print(response.geturl() == f"{base}/target", response.read())
try:
    urllib.request.urlopen(f"{base}/missing")
except urllib.error.HTTPError as error:
    with error:
        print(error.code, error.reason, error.read())
data = urllib.parse.urlencode({"name": "value", "other": "ä"}).encode()
print(urllib.request.urlopen(f"{base}/post", data).read())
print(len(urllib.request.urlopen(f"{base}/large").read()))
try:
    urllib.request.urlopen("http://{}:{}/".format(*peer("closed")))
except urllib.error.URLError as error:
    print(type(error.reason).__name__)
