# peers: python:http_server.py closed
"""http.client: requests on one connection, bodies of every kind, failures."""
import hashlib
import http.client

from support import outcome, peer

connection = http.client.HTTPConnection(*peer("http_server"), timeout=30)
for method, path, body, headers in (
    ("GET", "/first", None, {"X-Test": "one"}), ("HEAD", "/first", None, {}), ("GET", "/chunked", None, {}), ("GET", "/missing", None, {}),
    ("POST", "/form", b"a=1&b=2", {"Content-Type": "text/plain"}), ("POST", "/large", b"x" * 300000, {"Content-Type": "big"}),
):
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    print(method, path, response.status, response.reason, response.getheader("X-Reply"), response.read())
connection.request("GET", "/large")
response = connection.getresponse()
print(response.length, response.read(10), hashlib.sha256(response.read()).hexdigest())
print(response.closed, response.isclosed())
connection.request("GET", "/closes")
try:
    connection.getresponse()
except http.client.RemoteDisconnected as error:
    print("RemoteDisconnected", error)
connection.request("GET", "/again")
print(connection.getresponse().status)
connection.close()
outcome("refused", http.client.HTTPConnection(*peer("closed")).request, "GET", "/")
