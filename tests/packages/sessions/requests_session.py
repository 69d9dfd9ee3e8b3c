# packages: requests==2.34.2 certifi==2026.10.19.post1 charset-normalizer==3.5.3 idna==3.20 urllib3==2.8.0
"""requests: methods, JSON, forms, cookies of a session, redirects, streams, an upload, errors, a time-out."""
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status=200, body=b"", **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/redirect":
            self.answer(302, Location="/cookies")
        elif self.path == "/cookies":
            self.answer(200, self.headers.get("Cookie", "none").encode(), Set_Cookie="seen=yes")
        elif self.path == "/missing":
            self.answer(404, b"not here")
        elif self.path == "/slow":
            released.wait(10)
            self.close_connection = True
        else:
            self.answer(200, b"0123456789" * 5000, Content_Type="text/plain")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = {"type": self.headers["Content-Type"].split(";")[0], "length": len(body)}
        self.answer(201, json.dumps(said).encode(), Content_Type="application/json")

    def log_message(self, *arguments):
        pass


released = threading.Event()
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
with requests.Session() as session:
    answer = session.get(url + "/redirect")
    print(answer.status_code, [step.status_code for step in answer.history], answer.text)
    print(session.get(url + "/cookies").text, dict(session.cookies))
    print(session.post(url, json={"a": [1, 2]}).json())
    print(session.post(url, data={"name": "value"}).json())
    print(session.post(url, files={"file": ("a.txt", b"x" * 100000)}).json()["type"])
    with session.get(url + "/stream", stream=True) as stream:
        print(sum(len(chunk) for chunk in stream.iter_content(4096)), stream.headers["Content-Type"])
    try:
        session.get(url + "/missing").raise_for_status()
    except requests.HTTPError as error:
        print(type(error).__name__, error.response.status_code, error.response.text)
    try:
        session.get(url + "/slow", timeout=0.2)
    except requests.Timeout as error:
        print(type(error).__name__)
    released.set()
server.shutdown()
server.server_close()
try:
    requests.get(url)
except requests.ConnectionError as error:
    print(type(error).__name__)
