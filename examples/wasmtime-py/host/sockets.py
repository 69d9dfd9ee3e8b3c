"""The resource `socket`, with its `messages` and `options`."""

import errno
import socket

from .messages import Messages
from .options import Options
from .readiness import call
from .values import address_in, address_out, names
from .words import HALVES, fault, kinds


class Socket(Messages, Options):
    name = None  # The guest's own, of `AF_UNIX`.

    def _close(self):
        names.pop(self.name, None)
        self.sock.close()

    @staticmethod
    def create(family, kind, protocol):
        return Socket(socket.socket(*kinds(family, kind), protocol))

    @staticmethod
    def pair(family, kind, protocol):
        return tuple(map(Socket, socket.socketpair(*kinds(family, kind), protocol)))

    def bind(self, local):
        if local.tag != "unix" or self.sock.family != socket.AF_UNIX:
            return self.sock.bind(address_in(self.sock, local))
        if (name := (local.payload.tag, local.payload.payload)) in names:
            raise fault(errno.EADDRINUSE)
        self.sock.bind("")  # The system chooses one.
        if local.payload.tag != "unnamed":
            self.name, names[name] = name, self.sock.getsockname()

    def connect(self, remote, deadline):
        call(self, "writable", deadline, self.sock.connect, address_in(self.sock, remote))

    def listen(self, backlog):
        self.sock.listen(min(backlog, socket.SOMAXCONN))

    def accept(self, deadline):
        sock, peer = call(self, "readable", deadline, self.sock.accept)
        return Socket(sock), address_out(peer)

    def shutdown(self, how):
        self.sock.shutdown(HALVES[how])

    def getsockname(self):
        return address_out(self.sock.getsockname())

    def getpeername(self):
        return address_out(self.sock.getpeername())
