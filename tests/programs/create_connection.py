# peers: echo closed echo6
# needs: ipv6
"""socket.create_connection: defaults, failures, source address, all_errors."""
import socket

from support import describe, outcome, peer

with socket.create_connection(peer("echo")) as sock:
    print(sock.gettimeout(), sock.type.name, sock.family.name)
with socket.create_connection(peer("echo6"), timeout=5) as sock:
    print(sock.gettimeout(), sock.family.name)
with socket.create_connection(peer("echo"), source_address=("127.0.0.1", 0)) as sock:
    print(sock.getsockname()[0])
outcome("refused", socket.create_connection, peer("closed"))
outcome("source of another family", socket.create_connection, peer("echo"), source_address=("::1", 0))
try:
    socket.create_connection(peer("closed"), all_errors=True)
except Exception as group:
    print(type(group).__name__, group.message, [describe(error) for error in group.exceptions])
socket.setdefaulttimeout(3)
with socket.create_connection(peer("echo")) as sock:
    print("default", sock.gettimeout())
with socket.create_connection(peer("echo"), timeout=None) as sock:
    print("none", sock.gettimeout())
