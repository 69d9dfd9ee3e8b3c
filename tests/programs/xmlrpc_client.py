# peers: python:xmlrpc_server.py
"""xmlrpc.client calls a server."""
import xmlrpc.client

from support import peer

host, port = peer("xmlrpc_server")
with xmlrpc.client.ServerProxy(f"http://{host}:{port}", allow_none=True) as server:
    print(server.add(2, 3), server.add("a", "b"))
    print(server.same([1, 2.5, "text ä", {"key": None}, True]))
    print(server.same(b"\0\1").data)
    print(sorted(server.system.listMethods())[:3])
    try:
        server.fail()
    except xmlrpc.client.Fault as fault:
        print(fault.faultCode, fault.faultString)
    calls = xmlrpc.client.MultiCall(server)
    calls.add(1, 1), calls.add(2, 2)
    print(list(calls()))
    print(len(server.same("x" * 200000)))
