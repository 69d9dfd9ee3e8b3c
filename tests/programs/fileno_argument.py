"""socket(fileno=...) detects what a descriptor is, and refuses what is none."""
import socket
import tempfile

from support import listener, outcome

for family, kind in ((socket.AF_INET, socket.SOCK_STREAM), (socket.AF_INET6, socket.SOCK_DGRAM)):
    original = socket.socket(family, kind)
    copy = socket.socket(fileno=original.detach())
    print(copy.family.name, copy.type.name, copy.proto)
    copy.close()

server, address = listener()
wrong = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM, 17, fileno=server.detach())
print(wrong.family.name, wrong.type.name, wrong.proto, wrong.getsockname() == address)
number = wrong.detach()
socket.close(number)
outcome("closed", socket.socket, fileno=number)
outcome("negative", socket.socket, fileno=-1)
outcome("float", socket.socket, fileno=1.5)
outcome("text", socket.socket, fileno="1")
with tempfile.TemporaryFile() as file:
    outcome("a file", socket.socket, fileno=file.fileno())
