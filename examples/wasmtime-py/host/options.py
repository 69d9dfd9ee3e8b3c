"""Options of sockets."""

import errno
import socket

from wasmtime.component import Variant

from .words import ERRORS, fault, word

# What a guest may read and set. Others could name places in this process's memory, or use privileges that it has.
OPTIONS = {
    (level, getattr(socket, prefix + name))
    for level, prefix, names in (
        (socket.SOL_SOCKET, "SO_", """ACCEPTCONN BROADCAST DOMAIN DONTROUTE KEEPALIVE LINGER OOBINLINE PROTOCOL
            RCVBUF RCVLOWAT RCVTIMEO REUSEADDR REUSEPORT SNDBUF SNDLOWAT SNDTIMEO TYPE"""),
        (socket.IPPROTO_IP, "IP_", """ADD_MEMBERSHIP DROP_MEMBERSHIP MULTICAST_IF MULTICAST_LOOP MULTICAST_TTL
            TOS TTL"""),
        (socket.IPPROTO_IPV6, "IPV6_", """JOIN_GROUP LEAVE_GROUP MULTICAST_HOPS MULTICAST_IF MULTICAST_LOOP TCLASS
            UNICAST_HOPS V6ONLY"""),
        (socket.IPPROTO_TCP, "TCP_", """CONGESTION CORK DEFER_ACCEPT INFO KEEPCNT KEEPIDLE KEEPINTVL MAXSEG NODELAY
            QUICKACK SYNCNT USER_TIMEOUT WINDOW_CLAMP"""),
    )
    for name in names.split()
}
LEVELS = {level for level, _ in OPTIONS}
# What it may send along: descriptors by their numbers, for one, would be those of this process.
SENDABLE = {(socket.IPPROTO_IP, socket.IP_TTL), (socket.IPPROTO_IP, socket.IP_TOS),
            (socket.IPPROTO_IPV6, socket.IPV6_HOPLIMIT), (socket.IPPROTO_IPV6, socket.IPV6_TCLASS)}


class Options:
    def get_option(self, name):
        level, number = numbers(name)
        if name.tag == "error":
            code = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            return Variant("error", (word(ERRORS, code) or "input-output") if code else None)
        if (level, number) not in OPTIONS:
            raise fault(errno.ENOPROTOOPT if level in LEVELS else errno.EOPNOTSUPP)
        return Variant("bytes", self.sock.getsockopt(level, number, 1024))

    def set_option(self, name, value):
        if numbers(name) not in OPTIONS:
            raise fault(errno.ENOPROTOOPT)
        if value.tag not in ("integer", "bytes"):
            raise fault(errno.EINVAL)
        self.sock.setsockopt(*numbers(name), value.payload)


def numbers(name):
    """Our components name an option by its numbers, but for the error that waits."""
    return (name.payload.level, name.payload.name) if name.tag == "other" else (None, None)
