# packages: rpyc==6.0.2
"""rpyc: a threaded server, remote objects, callbacks, exceptions, asynchronous calls."""
import threading

import rpyc
from rpyc.utils.server import ThreadedServer


class Service(rpyc.Service):
    def exposed_add(self, a, b):
        return a + b

    def exposed_apply(self, function, items):
        return [function(item) for item in items]

    def exposed_fail(self):
        raise KeyError("remote")

    def exposed_items(self):
        return {"a": [1, 2, 3]}


server = ThreadedServer(Service, hostname="127.0.0.1", port=0)
server._listen()
thread = threading.Thread(target=server.start)
thread.start()
with rpyc.connect("127.0.0.1", server.port) as connection:
    print(connection.root.add(1, 2))
    print(connection.root.apply(lambda item: item * 10, [1, 2, 3])[1])
    print(connection.root.items()["a"][2])
    try:
        connection.root.fail()
    except KeyError as error:
        print(type(error).__name__, error.args)
    later = rpyc.async_(connection.root.add)("x", "y")
    later.wait()
    print(later.value, later.ready)
server.close()
thread.join()
