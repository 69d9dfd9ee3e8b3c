# peers: echo closed full
"""connect_ex gives error numbers for what the network says, and exceptions for the rest."""
import socket

from support import code, outcome, peer


def attempt(label, address, timeout=None, family=socket.AF_INET):
    with socket.socket(family) as sock:
        sock.settimeout(timeout)
        print(label, code(sock.connect_ex(address)), code(sock.connect_ex(address)))


attempt("made", peer("echo"))
attempt("refused", peer("closed"))
attempt("in progress", peer("full"), timeout=0)
with socket.socket() as sock:
    outcome("no tuple", sock.connect_ex, "127.0.0.1")
    outcome("name", sock.connect_ex, ("127.0.0.1", 70000))
    outcome("not a port", sock.connect_ex, ("127.0.0.1", "http"))
sock = socket.socket()
sock.close()
print("closed", code(sock.connect_ex(peer("echo"))))
server = socket.create_server(("127.0.0.1", 0))
print("listening", code(server.connect_ex(peer("echo"))))
server.close()
