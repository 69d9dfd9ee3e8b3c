"""What the contract calls things, and what Python's modules call them."""

import errno
import os
import select
import socket


def table(module, prefix, text):
    """A module's numbers by the contract's words."""
    pairs = (pair.split(":") for pair in text.split())
    return {word: getattr(module, prefix + name) for word, name in pairs}


def word(table, number):
    return next((word for word, known in table.items() if known == number), None)


def number(table, words):
    return sum(table[word] for word in words)


def fault(code):
    return OSError(code, os.strerror(code))


FAMILIES = table(socket, "AF_", "inet:INET inet6:INET6 unix:UNIX")
TYPES = table(socket, "SOCK_", "stream:STREAM datagram:DGRAM sequential-packet:SEQPACKET")
HALVES = table(socket, "SHUT_", "read:RD write:WR both:RDWR")
READINESS = table(select, "POLL", "readable:IN priority:PRI writable:OUT error:ERR hang-up:HUP read-hang-up:RDHUP")
TRIGGERS = table(select, "EPOLL", "edge:ET one-shot:ONESHOT")
FLAGS = table(socket, "MSG_", """
    out-of-band:OOB peek:PEEK dont-route:DONTROUTE control-truncated:CTRUNC truncated:TRUNC dont-wait:DONTWAIT
    end-of-record:EOR wait-all:WAITALL confirm:CONFIRM error-queue:ERRQUEUE no-signal:NOSIGNAL more:MORE
    fast-open:FASTOPEN close-on-exec:CMSG_CLOEXEC""")
LOOKUPS = table(socket, "EAI_", """
    bad-flags:BADFLAGS no-name:NONAME again:AGAIN fail:FAIL no-data:NODATA family:FAMILY socket-type:SOCKTYPE
    service:SERVICE address-family:ADDRFAMILY memory:MEMORY""")
ERRORS = table(errno, "E", """
    access-denied:ACCES address-in-use:ADDRINUSE address-not-available:ADDRNOTAVAIL would-block:AGAIN already:ALREADY
    address-family-not-supported:AFNOSUPPORT bad-descriptor:BADF exists:EXIST connection-aborted:CONNABORTED
    connection-refused:CONNREFUSED connection-reset:CONNRESET destination-address-required:DESTADDRREQ
    host-down:HOSTDOWN host-unreachable:HOSTUNREACH in-progress:INPROGRESS interrupted:INTR invalid-argument:INVAL
    input-output:IO is-connected:ISCONN too-many-open-files:MFILE message-too-long:MSGSIZE name-too-long:NAMETOOLONG
    network-down:NETDOWN network-reset:NETRESET network-unreachable:NETUNREACH too-many-open-files-in-system:NFILE
    no-buffer-space:NOBUFS no-such-device:NODEV no-such-entry:NOENT out-of-memory:NOMEM no-such-option:NOPROTOOPT
    not-connected:NOTCONN not-supported:OPNOTSUPP not-permitted:PERM broken-pipe:PIPE protocol-error:PROTO
    protocol-not-supported:PROTONOSUPPORT wrong-protocol-type:PROTOTYPE endpoint-shut-down:SHUTDOWN
    socket-type-not-supported:SOCKTNOSUPPORT timed-out:TIMEDOUT too-many-references:TOOMANYREFS""")


def kinds(family, kind):
    if family.tag not in FAMILIES or kind.tag not in TYPES:
        raise fault(errno.ESOCKTNOSUPPORT if family.tag in FAMILIES else errno.EAFNOSUPPORT)
    return FAMILIES[family.tag], TYPES[kind.tag]
