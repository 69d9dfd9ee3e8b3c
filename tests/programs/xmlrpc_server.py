# peers: puppet
"""xmlrpc.server answers a call."""
import xmlrpc.client
import xmlrpc.server

from support.puppet import Puppet

puppet = Puppet()
with xmlrpc.server.SimpleXMLRPCServer(("127.0.0.1", 0), logRequests=False) as server:
    server.register_function(pow)
    for arguments in ((2, 10), (2, "x")):
        body = xmlrpc.client.dumps(arguments, "pow").encode()
        request = b"POST /RPC2 HTTP/1.0\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(body) + body
        puppet.exchange(server.server_address[1], request)
        server.handle_request()
        try:
            print(xmlrpc.client.loads(puppet.exchanged().partition(b"\r\n\r\n")[2]))
        except xmlrpc.client.Fault as fault:
            print("Fault", fault.faultString.split(":")[0])
