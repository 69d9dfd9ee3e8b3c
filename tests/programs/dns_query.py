# peers: dns
"""A resolver of one's own: queries over UDP, and again over TCP where the answer is cut."""
import socket
import struct

from support import peer


def query(number, name):
    question = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0\0\1\0\1"
    return struct.pack(">6H", number, 0x100, 1, 0, 0, 0) + question


def parse(answer, question):
    number, flags, _, count, _, _ = struct.unpack_from(">6H", answer)
    records = answer[len(question):]
    addresses = [socket.inet_ntoa(records[start + 12:start + 16]) for start in range(0, 16 * count, 16)]
    return number, bool(flags & 0x200), flags & 15, addresses


for number, name in enumerate(("one.test", "missing.test", "many.test")):
    question = query(number, name)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(30)
        sock.connect(peer("dns"))
        sock.send(question)
        _, cut, code, addresses = result = parse(sock.recv(512), question)
        print(name, result)
    if cut:
        with socket.create_connection(peer("dns"), timeout=30) as sock:
            sock.sendall(struct.pack(">H", len(question)) + question)
            file = sock.makefile("rb")
            length = struct.unpack(">H", file.read(2))[0]
            _, cut, code, addresses = parse(file.read(length), question)
            print(name, cut, code, len(addresses), addresses[0], addresses[-1])
