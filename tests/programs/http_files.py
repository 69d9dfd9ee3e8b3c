# peers: puppet
"""SimpleHTTPRequestHandler hands out files of a folder."""
import functools
import http.server
import os
import tempfile

from support.puppet import Puppet


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


puppet = Puppet()
with tempfile.TemporaryDirectory() as folder:
    with open(os.path.join(folder, "page.html"), "wb") as file:
        file.write(b"<p>a page</p>" * 10000)
    handler = functools.partial(Handler, directory=folder)
    with http.server.HTTPServer(("127.0.0.1", 0), handler) as server:
        for path in ("/page.html", "/missing", "/", "/../../etc/passwd"):
            puppet.exchange(server.server_address[1], f"GET {path} HTTP/1.0\r\n\r\n".encode())
            server.handle_request()
            head, _, body = puppet.exchanged().partition(b"\r\n\r\n")
            print(path, head.split(b"\r\n")[0], len(body) if path == "/page.html" else b"page.html" in body)
