"""dns_client SERVER PORT NAME: asks a name server for the IPv4 addresses of a name, over UDP, three times at most."""

from ipaddress import IPv4Address
from struct import unpack_from

from componentize_py_types import Err
from wit_world.imports.types import Error_Timeout, MessageFlags, SocketType_Datagram

from example import SECOND, command, connect


def print_answer(answer: bytes, at: int) -> None:
    """Records follow the question; those of type A begin with a reference to its name, and end with an address."""
    while at + 12 <= len(answer):
        kind, length = unpack_from(">H6xH", answer, at + 2)
        if (kind, length) == (1, 4):
            print(IPv4Address(answer[at + 12 : at + 16]))
        at += 12 + length


def ask(*arguments: str) -> None:
    if len(arguments) != 3:
        raise ValueError("usage: dns_client SERVER PORT NAME")
    server, port, name = arguments
    socket = connect(server, port, SocketType_Datagram(), 2 * SECOND)
    # An identifier, "recursion desired", one question.
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    question = bytes([0x42, 0x42, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]) + labels + bytes([0, 0, 1, 0, 1])
    for _ in range(3):
        socket.send(question, MessageFlags(0))
        try:
            return print_answer(socket.recv(4096, MessageFlags(0)), len(question))
        except Err as error:
            if error.value != Error_Timeout():
                raise
            print("no answer yet")
    raise OSError("no answer")


Run = command(ask)
