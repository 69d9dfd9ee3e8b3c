# packages: requests-mock==1.12.1 requests==2.34.2 certifi==2026.10.19.post1 charset-normalizer==3.5.3 idna==3.20 urllib3==2.8.0
"""requests-mock: an adapter for a session, matchers, a history, and a real server beside it."""
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import requests
import requests_mock


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"real")

    def log_message(self, *arguments):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
with requests_mock.Mocker(real_http=True) as mock:
    mock.get("http://example.test/a", text="pretended", headers={"X-From": "nowhere"})
    mock.post("http://example.test/b", [{"status_code": 500}, {"json": {"second": True}}])
    answer = requests.get("http://example.test/a")
    print(answer.text, answer.headers["X-From"])
    print(requests.post("http://example.test/b").status_code, requests.post("http://example.test/b", json=1).json())
    print(requests.get(f"http://127.0.0.1:{server.server_port}/").text)
    print(mock.call_count, [call.method for call in mock.request_history][:3])
server.shutdown()
server.server_close()
