# needs: ipv6
"""socket.create_server over IPv4 and IPv6, and what it refuses."""
import socket

from support import normal, outcome

for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
    with socket.create_server((host, 0), family=family) as server:
        print(normal(repr(server)), server.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
        client = socket.create_connection(server.getsockname()[:2])
        accepted, address = server.accept()
        client.sendall(b"hello")
        print(accepted.recv(5), address[0])
        client.close(), accepted.close()
        try:
            socket.create_server(server.getsockname()[:2], family=family)
        except OSError as error:
            print(normal(str(error.strerror)).replace(str(server.getsockname()[1]), "PORT"))
print("dual stack", socket.has_dualstack_ipv6())
with socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True) as server:
    for host in ("127.0.0.1", "::1"):
        client = socket.create_connection((host, server.getsockname()[1]))
        accepted, address = server.accept()
        client.sendall(b"hello")
        print(accepted.recv(5), address[0], client.getpeername()[0])
        client.close(), accepted.close()
outcome("backlog", socket.create_server, ("127.0.0.1", 0), backlog=0)
outcome("dual stack over IPv4", socket.create_server, ("127.0.0.1", 0), dualstack_ipv6=True)
with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
    print("v6only", server.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY))
