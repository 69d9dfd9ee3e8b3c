# peers: puppet
"""socketserver over UDP."""
import socketserver

from support.puppet import Puppet


class Handler(socketserver.DatagramRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.read().upper())


puppet = Puppet()
puppet.do("bind")
with socketserver.UDPServer(("127.0.0.1", 0), Handler) as server:
    server.timeout = 30
    for data in (b"one", b"", b"x" * 2000):
        puppet.do("sendto", server.server_address[1], data.hex())
        server.handle_request()
        port, *answer = puppet.do("datagram").split()
        print(int(port) == server.server_address[1], bytes.fromhex("".join(answer)) == data.upper())
