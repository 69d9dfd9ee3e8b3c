"""An XML-RPC server; prints its port."""
from xmlrpc.server import SimpleXMLRPCServer


def fail():
    raise ValueError("as asked")


server = SimpleXMLRPCServer(("127.0.0.1", 0), logRequests=False, allow_none=True)
server.register_introspection_functions()
server.register_function(lambda left, right: left + right, "add")
server.register_function(lambda value: value, "same")
server.register_function(fail)
server.register_multicall_functions()
print(server.server_address[1], flush=True)
server.serve_forever()
