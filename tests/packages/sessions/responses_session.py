# packages: responses==0.26.3 requests==2.34.2 certifi==2026.10.19.post1 charset-normalizer==3.5.3 idna==3.20 urllib3==2.8.0
# stripped: PyYAML==6.0.4
"""responses: answers without a network, callbacks, errors, and one that passes through to a server."""
import threading
from http.server import HTTPServer, SimpleHTTPRequestHandler

import requests
import responses


class Handler(SimpleHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"real")

    def log_message(self, *arguments):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}/"
with responses.RequestsMock() as mock:
    mock.get("http://example.test/json", json={"a": 1})
    mock.add_callback("POST", "http://example.test/", lambda request: (201, {}, request.body[::-1]))
    mock.get("http://example.test/broken", body=requests.ConnectionError("as asked"))
    mock.add_passthru(url)
    print(requests.get("http://example.test/json").json())
    print(requests.post("http://example.test/", data="abc").text)
    for address in ("http://example.test/broken", "http://example.test/other"):
        try:
            requests.get(address)
        except requests.ConnectionError as error:
            print(str(error).splitlines()[0])
    print(requests.get(url).text, len(mock.calls))
server.shutdown()
server.server_close()
