# peers: puppet
"""wsgiref serves an application."""
import wsgiref.simple_server

from support.puppet import Puppet


class Handler(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


def application(environment, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environment["REQUEST_METHOD"].encode(), b" ", environment["PATH_INFO"].encode()]


puppet = Puppet()
with wsgiref.simple_server.make_server("127.0.0.1", 0, application, handler_class=Handler) as server:
    for path in ("/", "/deep/path"):
        puppet.exchange(server.server_port, f"GET {path} HTTP/1.0\r\n\r\n".encode())
        server.handle_request()
        print(puppet.exchanged().partition(b"\r\n\r\n")[2])
