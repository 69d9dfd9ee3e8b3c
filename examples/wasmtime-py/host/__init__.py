"""The contract's interface `host` over Python's own `socket` module, for components in wasmtime-py: `link(linker)`."""

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


FUNCTIONS = {"now": time.monotonic_ns, "poll": poll, "gethostname": socket.gethostname, "sethostname": sethostname,
             "if-nameindex": socket.if_nameindex}
STATIC = {"create", "pair", "forward", "reverse"}


def link(linker):
    """All of the interface; a component that asks for it needs nothing else to reach the network."""
    with linker.root() as root, root.add_instance("wasocket:socket/host@0.1.0") as instance:
        for name, function in FUNCTIONS.items():
            instance.add_func(name, answering(name, function))
        for number, (kind, resource) in enumerate(KINDS.items()):
            instance.add_resource(resource, ResourceType.host(number), closing)
            for name, function in inspect.getmembers(kind, inspect.isfunction):
                if not name.startswith("_"):
                    form = "static" if name in STATIC else "method"
                    instance.add_func(f"[{form}]{resource}.{name.replace('_', '-')}", answering(name, function))
