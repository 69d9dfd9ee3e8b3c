"""What a socket sends and receives."""

import array
import errno
import socket

from wasmtime.component import Variant

from .completing import receive_rest, send_rest
from .options import SENDABLE
from .readiness import call
from .values import address_in, address_out, record
from .words import FLAGS, fault, number

MOST = 1 << 20  # What one call takes or hands over.
RIGHTS = socket.SOL_SOCKET, socket.SCM_RIGHTS


class Messages:
    """A socket of the operating system, which never waits itself."""

    def __init__(self, sock):
        sock.setblocking(False)
        self.sock, self.fileno = sock, sock.fileno

    def recv(self, most, flags, deadline):
        most = min(most, MOST)
        data = call(self, "readable", deadline, self.sock.recv, most, number(FLAGS, flags))
        return receive_rest(self, data, most, flags, deadline)

    def recv_message(self, most, room, flags, deadline):
        buffer, bits = bytearray(min(most, MOST)), number(FLAGS, flags)
        if self.sock.type != socket.SOCK_STREAM:
            bits |= socket.MSG_TRUNC  # Says how long the message was.
        receive = self.sock.recvmsg_into
        length, control, bits, sender = call(self, "readable", deadline, receive, [buffer], min(room, MOST), bits)
        rights = b"".join(data[:len(data) // 4 * 4] for *kind, data in control if tuple(kind) == RIGHTS)
        most = length if self.sock.family == socket.AF_UNIX else len(buffer)
        data = receive_rest(self, bytes(buffer[:length]), most, flags, deadline)
        return record(
            data=data, length=max(length, len(data)), sender=address_out(sender) if sender else None,
            flags={word for word, bit in FLAGS.items() if bits & bit},
            rights=[type(self)(socket.socket(fileno=right)) for right in array.array("i", rights)],
            ancillary=[Variant("other", record(level=level, type=kind, data=data))
                       for level, kind, data in control if (level, kind) != RIGHTS])

    def send(self, data, flags, deadline):
        return self.send_message([data[:MOST]], [], [], flags, None, deadline)

    def send_message(self, parts, ancillary, rights, flags, remote, deadline):
        if any(one.tag != "other" or (one.payload.level, one.payload.type) not in SENDABLE for one in ancillary):
            raise fault(errno.EINVAL)
        control = [(one.payload.level, one.payload.type, one.payload.data) for one in ancillary]
        if rights:
            control.append((*RIGHTS, array.array("i", [right.fileno() for right in rights])))
        address = [address_in(self.sock, remote)] if remote else []
        data = b"".join(parts)
        sent = call(self, "writable", deadline, self.sock.sendmsg, [data], control, number(FLAGS, flags), *address)
        return send_rest(self, data, sent, flags, deadline)
