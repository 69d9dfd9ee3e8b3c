"""What a socket sends and receives."""

import array
import errno
import socket

from wasmtime.component import Variant

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
        return call(self, "readable", deadline, self.sock.recv, min(most, MOST), number(FLAGS, flags))

    def recv_message(self, most, room, flags, deadline):
        buffer, bits = bytearray(min(most, MOST)), number(FLAGS, flags)
        if self.sock.type != socket.SOCK_STREAM:
            bits |= socket.MSG_TRUNC  # Says how long the message was.
        receive = self.sock.recvmsg_into
        length, control, bits, sender = call(self, "readable", deadline, receive, [buffer], min(room, MOST), bits)
        rights = array.array("i")
        for level, kind, data in control:
            if (level, kind) == RIGHTS:
                rights.frombytes(data[:len(data) // rights.itemsize * rights.itemsize])
        return record(
            data=bytes(buffer[:length]), length=length, sender=address_out(sender) if sender else None,
            flags={word for word, bit in FLAGS.items() if bits & bit},
            rights=[type(self)(socket.socket(fileno=right)) for right in rights],
            ancillary=[Variant("other", record(level=level, type=kind, data=data))
                       for level, kind, data in control if (level, kind) != RIGHTS])

    def send(self, data, flags, deadline):
        return call(self, "writable", deadline, self.sock.send, data[:MOST], number(FLAGS, flags))

    def send_message(self, parts, ancillary, rights, flags, remote, deadline):
        if any(one.tag != "other" or (one.payload.level, one.payload.type) not in SENDABLE for one in ancillary):
            raise fault(errno.EINVAL)
        control = [(one.payload.level, one.payload.type, one.payload.data) for one in ancillary]
        if rights:
            control.append((*RIGHTS, array.array("i", [right.fileno() for right in rights])))
        address = [address_in(self.sock, remote)] if remote else []
        send, data = self.sock.sendmsg, [b"".join(parts)]
        return call(self, "writable", deadline, send, data, control, number(FLAGS, flags), *address)
