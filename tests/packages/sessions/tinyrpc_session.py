# packages: tinyrpc==1.1.7 requests==2.34.2 certifi==2026.10.19.post1 charset-normalizer==3.5.3 idna==3.20 urllib3==2.8.0
"""tinyrpc: JSON-RPC over WSGI, on the standard library's server in a thread."""
import queue
import threading
from wsgiref.simple_server import WSGIRequestHandler, make_server

from tinyrpc.client import RPCClient
from tinyrpc.dispatch import RPCDispatcher
from tinyrpc.exc import RPCError
from tinyrpc.protocols.jsonrpc import JSONRPCProtocol
from tinyrpc.server import RPCServer
from tinyrpc.transports.callback import CallbackServerTransport
from tinyrpc.transports.http import HttpPostClientTransport

dispatcher = RPCDispatcher()
dispatcher.add_method(lambda text: text[::-1], "reverse")


class Quiet(WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


def application(environ, start_response):
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    answers = queue.Queue()
    server = RPCServer(CallbackServerTransport(lambda: body, answers.put), JSONRPCProtocol(), dispatcher)
    server.receive_one_message()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [answers.get()]


with make_server("127.0.0.1", 0, application, handler_class=Quiet) as http:
    threading.Thread(target=http.serve_forever).start()
    client = RPCClient(JSONRPCProtocol(), HttpPostClientTransport(f"http://127.0.0.1:{http.server_port}/"))
    proxy = client.get_proxy()
    print(proxy.reverse("abc"), proxy.reverse("xyz"))
    try:
        proxy.none()
    except RPCError as error:
        print(type(error).__name__, error)
    http.shutdown()
