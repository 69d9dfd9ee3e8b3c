"""localhost is found, by every function that looks names up."""
import socket

from support import listener, outcome

addresses = {entry[4][0] for entry in socket.getaddrinfo("localhost", 80, type=socket.SOCK_STREAM)}
print("127.0.0.1" in addresses, addresses <= {"127.0.0.1", "::1"})
print({entry[:3] for entry in socket.getaddrinfo("localhost", 80, socket.AF_INET, socket.SOCK_DGRAM)})
entry = socket.getaddrinfo("localhost", "http", socket.AF_INET, socket.SOCK_STREAM, 0, socket.AI_CANONNAME)[0]
print(entry[4], bool(entry[3]))
outcome("gethostbyname", socket.gethostbyname, "localhost")
name, aliases, found = socket.gethostbyname_ex("localhost")
print(name, "127.0.0.1" in found)
server, (host, port) = listener()
with socket.create_connection(("localhost", port)) as sock:
    print(sock.getpeername() == (host, port))
sock = socket.socket()
sock.connect(("localhost", port))
print(sock.getpeername() == (host, port))
print(type(socket.getfqdn("localhost")).__name__, type(socket.gethostname()).__name__)
