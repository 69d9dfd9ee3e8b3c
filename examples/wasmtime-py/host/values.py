"""Values of the contract for values of Python, and back."""

import errno
import socket
import struct

from wasmtime.component import Record, Variant

from .words import ERRORS, FAMILIES, LOOKUPS, fault, word

names = {}  # The guest's `AF_UNIX` names, and those that the system gave instead: it meets neither files nor others.


def record(**fields):
    made = Record()
    made.__dict__.update((name.replace("_", "-"), value) for name, value in fields.items())
    return made


def failure(error):
    """The contract's error for an exception. Each has one: the guest never sees a trap."""
    if isinstance(error, socket.gaierror):
        return Variant("address-info", word(LOOKUPS, error.errno) or "fail")
    if isinstance(error, OSError) and (code := word(ERRORS, error.errno)):
        return Variant("os", record(code=code, detail=None))
    if isinstance(error, (ValueError, OverflowError)):
        return Variant("os", record(code="invalid-argument", detail=str(error)))
    return Variant("other", record(name=type(error).__name__, text=str(error)))


def ip_in(numbers):
    family, form = (socket.AF_INET, "!4B") if len(numbers) == 4 else (socket.AF_INET6, "!8H")
    return socket.inet_ntop(family, struct.pack(form, *numbers))


def ip_out(text):
    tag, family, form = ("ipv6", socket.AF_INET6, "!8H") if ":" in text else ("ipv4", socket.AF_INET, "!4B")
    return Variant(tag, struct.unpack(form, socket.inet_pton(family, text.partition("%")[0])))


def address_in(sock, address):
    """An address as the socket takes it."""
    value, family = address.payload, sock.family
    if FAMILIES.get(address.tag) != family:
        raise fault(errno.EINVAL if family == socket.AF_UNIX else errno.EAFNOSUPPORT)
    if family == socket.AF_UNIX:
        if (value.tag, value.payload) not in names:
            raise fault(errno.ENOENT if value.tag == "path" else errno.ECONNREFUSED)
        return names[value.tag, value.payload]
    more = (getattr(value, "flow-info"), getattr(value, "scope-id")) if family == socket.AF_INET6 else ()
    return ip_in(value.address), value.port, *more


def address_out(address):
    """What `getsockname` says."""
    if not isinstance(address, tuple):
        name = word(names, address) or (("abstract", address[1:]) if address else ("unnamed",))
        return Variant("unix", Variant(*name))
    fields = dict(zip(("port", "flow_info", "scope_id"), address[1:]))
    return Variant("inet6" if len(address) == 4 else "inet", record(address=ip_out(address[0]).payload, **fields))
