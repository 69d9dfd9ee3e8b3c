"""Values that cross between the two processes of a test: plain ones by value, other objects by a number."""

from __future__ import annotations

import base64
import importlib
from typing import Any

#: Types whose values cross as they are.
PLAIN = (bool, int, float, str, type(None))
#: Containers whose items cross, and how they are called.
CONTAINERS = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}


class NotPlain(TypeError):
    """The value has no plain form."""


class Table:
    """The objects that this process has shown to the other one."""

    def __init__(self) -> None:
        self._objects: list[Any] = []

    def number_of(self, value: Any) -> int:
        for number, known in enumerate(self._objects):
            if known is value:
                return number
        self._objects.append(value)
        return len(self._objects) - 1

    def __getitem__(self, number: int) -> Any:
        return self._objects[number]


def pack_plain(value: Any) -> Any:
    """The form in which a plain value crosses. Raises `NotPlain` for others."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, (bytes, bytearray)):
        return {type(value).__name__: base64.b64encode(value).decode()}
    for name, kind in CONTAINERS.items():
        if type(value) is kind:
            return {name: [pack_plain(item) for item in value]}
    if type(value) is dict:
        return {"dict": [[pack_plain(key), pack_plain(item)] for key, item in value.items()]}
    raise NotPlain(f"{value!r} cannot cross to the other process")


def pack(value: Any, table: Table) -> Any:
    """The form in which any value crosses; an object stays here and gets a number."""
    if name := getattr(value, "shared_name", None):
        return {"event": name}
    try:
        return pack_plain(value)
    except NotPlain:
        return {"object": table.number_of(value)}


def pack_argument(value: Any) -> Any:
    """The form of a value that the other process is to use: a plain one, or a class or function of a module."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", "<locals>")
    if "<locals>" not in name and isinstance(module, str) and callable(value):
        return {"named": [module, name]}
    return pack_plain(value)


def unpack(form: Any, remote: Any = None, event: Any = None) -> Any:
    """The value of a form; `remote(number)` stands for an object of the other process, `event(name)` for an event."""
    if not isinstance(form, dict):
        return form
    ((kind, content),) = form.items()
    if kind in CONTAINERS:
        return CONTAINERS[kind](unpack(item, remote, event) for item in content)
    match kind:
        case "bytes" | "bytearray":
            data = base64.b64decode(content)
            return bytearray(data) if kind == "bytearray" else data
        case "dict":
            return {unpack(key, remote, event): unpack(item, remote, event) for key, item in content}
        case "named":
            module, name = content
            value = importlib.import_module(module)
            for part in name.split("."):
                value = getattr(value, part)
            return value
        case "event":
            return event(content)
        case "object":
            return remote(content)
    return form  # of another kind: whoever asked knows it
