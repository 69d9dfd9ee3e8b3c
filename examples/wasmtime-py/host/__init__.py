"""The contract's interfaces `host`, over Python's own `socket` module, and `signals`, of which none arrives: `link(linker)`."""

import errno
import inspect
import socket
import time

from wasmtime.component import ResourceType

from .handles import KINDS, answering, closing
from .readiness import poll
from .words import fault


def sethostname(_):
    raise fault(errno.EPERM)


def unsupported():
    raise fault(errno.EOPNOTSUPP)  # Python has no pollables.


FUNCTIONS = {"now": time.monotonic_ns, "poll": poll, "gethostname": socket.gethostname, "sethostname": sethostname,
             "if-nameindex": socket.if_nameindex}
# The guest may say what it does with signals, and has no timer. Its threads look at the clock themselves.
SIGNALS = {"set-disposition": lambda *_: None, "take": lambda: 0, "set-timer": lambda *_: (0, 0), "get-timer": lambda: (0, 0),
           "watch": lambda *_: None, "forget": lambda *_: None, "request-turn": lambda *_: False, "subscribe": unsupported}
STATIC = {"create", "pair", "forward", "reverse"}


def add(instance, functions):
    for name, function in functions.items():
        instance.add_func(name, answering(name, function))


def link(linker):
    """All of both; a component that asks for them needs nothing else to reach the network."""
    with linker.root() as root, root.add_instance("wasocket:socket/signals@0.1.0") as instance:
        add(instance, SIGNALS)
    with linker.root() as root, root.add_instance("wasocket:socket/host@0.1.0") as instance:
        add(instance, FUNCTIONS)
        for number, (kind, resource) in enumerate(KINDS.items()):
            instance.add_resource(resource, ResourceType.host(number), closing)
            for name, function in inspect.getmembers(kind, inspect.isfunction):
                if not name.startswith("_"):
                    form = "static" if name in STATIC else "method"
                    instance.add_func(f"[{form}]{resource}.{name.replace('_', '-')}", answering(name, function))
