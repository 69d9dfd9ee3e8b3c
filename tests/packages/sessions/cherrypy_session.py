# packages: CherryPy==18.10.0 cheroot==11.1.2 jaraco.collections==5.2.1 jaraco.context==6.1.2 jaraco.functools==4.6.0
# packages: jaraco.text==4.3.0 more-itertools==11.2.1 portend==3.2.1 python-dateutil==4.0.0 tempora==5.13.0 zc.lockfile==4.0
# packages: backports.tarfile==1.2.0
"""CherryPy: its engine and server in threads, a tree of pages, exit."""
import urllib.request

import cherrypy
from cherrypy.process import servers


class Pages:
    @cherrypy.expose
    def index(self):
        return "index"

    @cherrypy.expose
    @cherrypy.tools.json_out()
    def square(self, number):
        return {"square": int(number) ** 2}


cherrypy.config.update({
    "server.socket_host": "127.0.0.1", "server.socket_port": 0, "engine.autoreload.on": False,
    "log.screen": False, "server.thread_pool": 2,
})
servers.wait_for_free_port = lambda *arguments: None
cherrypy.tree.mount(Pages(), "/")
cherrypy.engine.start()
url = f"http://127.0.0.1:{cherrypy.server.bound_addr[1]}"
for path in ("/", "/square?number=12"):
    with urllib.request.urlopen(url + path) as answer:
        print(answer.status, answer.read())
cherrypy.engine.exit()
print(cherrypy.engine.state)
