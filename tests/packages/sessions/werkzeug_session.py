# packages: Werkzeug==3.1.9
# stripped: MarkupSafe==3.0.4
"""werkzeug: its development server, routing and a debugger's error page, asked by http.client."""
import http.client
import logging
import threading

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
urls = Map([Rule("/item/<int:number>", endpoint="item"), Rule("/crash", endpoint="crash")])


@Request.application
def application(request):
    try:
        endpoint, values = urls.bind_to_environ(request.environ).match()
    except HTTPException as error:
        return error
    if endpoint == "crash":
        raise RuntimeError("on purpose")
    return Response(f"{values['number'] * 2} {request.args.get('q')} {request.method}")


server = make_server("127.0.0.1", 0, application, threaded=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
for path in ("/item/21?q=a+b", "/item/x", "/crash", "/item/1"):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
    connection.request("GET", path)
    answer = connection.getresponse()
    print(path, answer.status, answer.read()[:20])
    connection.close()
server.shutdown()
server.server_close()
