# peers: debian:nginx closed
"""urllib3: pools that keep connections, retries, preloading or not, many requests, a peer that is not there."""
import urllib3

from support import peer

host, port = peer("nginx")
with urllib3.HTTPConnectionPool(host, port, maxsize=2, block=True) as pool:
    for _ in range(50):
        response = pool.request("GET", "/page.txt")
    print(response.status, response.data, pool.num_connections, pool.num_requests)
    response = pool.request("GET", "/old")
    print("redirected", response.status, response.geturl())
    response = pool.request("GET", "/old", redirect=False)
    print("not followed", response.status, response.headers["Location"].endswith("/page.txt"))
    response = pool.request("GET", "/big.bin", preload_content=False)
    print("read", len(response.read(1000)), len(response.read(1 << 20)))
    response.drain_conn()
    response.release_conn()
    response = pool.request("POST", "/upload", fields={"name": "value", "file": ("a.txt", b"x" * 100_000)})
    print("multipart", response.status, int(response.data) > 100_000)
    print(pool.num_connections)

manager = urllib3.PoolManager(timeout=urllib3.Timeout(connect=5, read=0.3), retries=False)
try:
    manager.request("GET", f"http://{host}:{port}/slow.bin")
except urllib3.exceptions.HTTPError as error:
    print(type(error).__name__)
closed_host, closed_port = peer("closed")
try:
    manager.request("GET", f"http://{closed_host}:{closed_port}/")
except urllib3.exceptions.HTTPError as error:
    print(type(error).__name__, "Connection refused" in str(error))
