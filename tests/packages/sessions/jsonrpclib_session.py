# packages: jsonrpclib-pelix==1.2.0
"""jsonrpclib-pelix: a server with a pool of threads, calls, a batch, a notification, errors."""
import threading

import jsonrpclib
from jsonrpclib.SimpleJSONRPCServer import PooledJSONRPCServer

server = PooledJSONRPCServer(("127.0.0.1", 0), logRequests=False)
server.register_function(pow)
server.register_function(lambda **named: sorted(named), "names")
threading.Thread(target=server.serve_forever, daemon=True).start()
proxy = jsonrpclib.ServerProxy(f"http://127.0.0.1:{server.server_address[1]}")
print(proxy.pow(2, 10), proxy.names(b=1, a=2))
batch = jsonrpclib.MultiCall(proxy)
for number in range(3):
    batch.pow(number, 2)
print(list(batch()))
print(proxy._notify.pow(1, 1))
try:
    proxy.none()
except jsonrpclib.ProtocolError as error:
    print(error.args[0][0])
server.shutdown()
server.server_close()
