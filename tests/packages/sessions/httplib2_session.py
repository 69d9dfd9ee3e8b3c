# packages: httplib2==0.32.1 pyparsing==3.3.3
"""httplib2: a cache that asks again with an ETag, redirects, authentication."""
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import httplib2


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/private" and "Authorization" not in self.headers:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="here"')
            self.end_headers()
        elif self.headers.get("If-None-Match") == '"one"':
            self.send_response(304)
            self.end_headers()
        elif self.path == "/old":
            self.send_response(301)
            self.send_header("Location", "/new")
            self.end_headers()
        else:
            self.send_response(200)
            self.send_header("ETag", '"one"')
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"hello")

    def log_message(self, *arguments):
        pass


server = HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
url = f"http://127.0.0.1:{server.server_port}"
with tempfile.TemporaryDirectory() as folder:
    http = httplib2.Http(folder)
    http.add_credentials("name", "password")
    for path in ("/page", "/page", "/old", "/private"):
        response, content = http.request(url + path)
        print(path, response.status, content, response.fromcache, bool(response.previous))
    http.close()
server.shutdown()
server.server_close()
