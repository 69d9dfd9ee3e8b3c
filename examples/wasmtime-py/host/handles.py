"""Objects of Python for the guest's handles, and answers for exceptions."""

import itertools

from wasmtime.component import Record, ResourceAny, ResourceHost, Variant

from .lookups import Lookup
from .poll_set import PollSet
from .sockets import Socket
from .values import failure

KINDS = {Socket: "socket", Lookup: "lookup", PollSet: "poll-set"}
objects, numbers = {}, itertools.count()


def inward(store, value):
    if isinstance(value, ResourceAny):
        return objects[value.to_host(store).rep]
    return type(value)(inward(store, one) for one in value) if isinstance(value, (list, tuple)) else value


def outward(value):
    if type(value) in KINDS:
        number = next(numbers)
        objects[number] = value
        return ResourceHost.own(number, list(KINDS).index(type(value)))
    if isinstance(value, Record) and hasattr(value, "rights"):
        value.rights = outward(value.rights)
    return type(value)(map(outward, value)) if isinstance(value, (list, tuple)) else value


def answering(name, function):
    """A function as the linker takes it, which never fails: an exception becomes the contract's error."""
    def answer(store, *arguments):
        try:
            tag, value = "ok", outward(function(*inward(store, arguments)))
        except Exception as error:
            tag, value = "err", failure(error)
        # If the value is a `Variant` as well, wasmtime-py cannot tell it from the result without a tag.
        return Variant(tag, value) if name in ("getsockname", "getpeername", "get_option") else value
    return answer


def closing(_store, number):
    objects.pop(number)._close()
