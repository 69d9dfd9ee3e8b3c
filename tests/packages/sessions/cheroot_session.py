# packages: cheroot==11.1.2 httplib2==0.32.1 jaraco.functools==4.6.0 more-itertools==11.2.1 pyparsing==3.3.3
"""cheroot: its WSGI server with a pool of threads, connections that are kept, stop."""
import threading

import httplib2
from cheroot.wsgi import Server


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [environ["PATH_INFO"].encode(), b"?", environ["QUERY_STRING"].encode()]


server = Server(("127.0.0.1", 0), application, numthreads=3)
server.prepare()
thread = threading.Thread(target=server.serve)
thread.start()
http = httplib2.Http()
for query in ("a=1", "b=2", "c=3"):
    response, content = http.request(f"http://127.0.0.1:{server.bind_addr[1]}/path?{query}")
    print(response.status, content, response["server"].split("/")[0])
http.close()
server.stop()
thread.join()
print("ready", server.ready)
