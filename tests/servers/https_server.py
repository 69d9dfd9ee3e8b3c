"""The HTTP server over TLS; prints its port."""
import os
import ssl
import sys
from http.server import ThreadingHTTPServer

from http_server import Handler


class Server(ThreadingHTTPServer):
    def finish_request(self, request, client_address):
        # The handshake takes the connection's own thread, so that one that fails does not stop the others.
        try:
            tls = context.wrap_socket(request, server_side=True)
        except OSError:
            return
        super().finish_request(tls, client_address)


context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(os.path.join(sys.argv[1], "good.pem"))
server = Server(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
