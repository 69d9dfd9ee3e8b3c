"""The process of a test whose thread runs in the other one: the thread's objects as the test sees them."""

from __future__ import annotations

import builtins
import socketserver
import sys
import threading
from collections.abc import Callable
from types import MethodType
from typing import Any

import wire
from channel import Channel
from serving import form_of, places, put

#: Attributes that `threading.Thread` itself keeps: each process has its own.
OF_THREADS = frozenset(vars(threading.Thread()))
#: Methods that run here, on attributes there; others run there.
LOCAL = frozenset(
    name for kind in (threading.Thread, *socketserver.ThreadingTCPServer.__mro__) for name in vars(kind)
) | {"stop"}


class Mirror:
    """Shows the objects of the thread's process."""

    def __init__(self, channel: Channel, roots: list[Any], case: Any, event: Callable[[str], Any]) -> None:
        self._channel = channel
        self._event = event
        self._roots = roots
        self._places = places(sys.modules[type(case).__module__], case, roots)
        self._known = self._handler_state()
        for number, root in enumerate(roots):
            if isinstance(root, type):
                continue  # of a handler: both processes have it
            root.__class__ = self._mirroring(type(root), number)
        case.__class__ = self._following(type(case))

    def pull(self) -> None:
        """Learn what the thread has changed of the test."""
        for (where, name), form in wire.unpack(self.ask({"do": "pull"})).items():
            put(self._places[where], name, form)
            self._known[where, name] = form

    def push(self) -> None:
        """Tell the thread what the test has changed of handlers."""
        changed = {place: form for place, form in self._handler_state().items() if self._known.get(place) != form}
        if changed:
            self._known.update(changed)
            self.ask({"do": "push", "forms": wire.pack_plain(changed)})

    def _handler_state(self) -> dict[tuple[str, str], Any]:
        return {
            (where, name): form
            for where, owner in self._places.items()
            if where.startswith("handler")
            for name, value in list(vars(owner).items())
            if (form := form_of(value)) is not None
        }

    def change_folder(self, path: str) -> None:
        """The processes have one folder."""
        self.ask({"do": "chdir", "path": path})

    def ask(self, question: dict[str, Any]) -> Any:
        """Have something done in the thread's process."""
        answer = self._channel.ask({"op": "call", "call": question})["value"]
        if "error" in answer:
            kind = getattr(builtins, answer["error"], RuntimeError)
            raise kind(answer["text"])
        return answer["value"]

    def call(self, number: int, arguments: tuple[Any, ...], name: str | None = None) -> Any:
        """Call an object of the thread's process, or one of its methods."""
        forms = {"list": [wire.pack_argument(argument) for argument in arguments]}
        question = {"do": "call", "object": number, "arguments": forms}
        return self.value(self.ask(question | ({"name": name} if name else {})))

    def value(self, form: Any) -> Any:
        return wire.unpack(form, lambda number: Remote(self, number), self._event)

    def _mirroring(self, kind: type, number: int) -> type:
        """A class whose instances have their attributes in the other process, and their methods here."""
        mirror = self

        def get(self: Any, name: str) -> Any:
            if name.startswith("__") or name in OF_THREADS:
                return kind.__getattribute__(self, name)
            form = mirror.ask({"do": "get", "object": number, "name": name})
            if isinstance(form, dict) and "missing" in form:
                found = kind.__getattribute__(self, name)
                is_remote = isinstance(found, MethodType) and name not in LOCAL
                return (lambda *arguments: mirror.call(number, arguments, name)) if is_remote else found
            return mirror.value(form)

        def put(self: Any, name: str, value: Any) -> None:
            if name not in OF_THREADS:
                mirror.ask({"do": "set", "object": number, "name": name, "value": wire.pack_argument(value)})
            kind.__setattr__(self, name, value)

        return type(kind.__name__, (kind,), {"__getattribute__": get, "__setattr__": put})

    def _following(self, kind: type) -> type:
        """A class of test cases that learn what the thread has changed before they assert anything."""
        mirror = self

        def get(self: Any, name: str) -> Any:
            if name.startswith("assert"):
                mirror.pull()
            return kind.__getattribute__(self, name)

        def get_missing(self: Any, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            mirror.pull()
            return kind.__getattribute__(self, name)

        names = {"__getattribute__": get, "__getattr__": get_missing, "__module__": kind.__module__}
        return type(kind.__name__, (kind,), names | {"__qualname__": kind.__qualname__})


class Remote:
    """An object of the thread's process."""

    def __init__(self, mirror: Mirror, number: int) -> None:
        self.__dict__.update(_mirror=mirror, _number=number)

    def __getattr__(self, name: str) -> Any:
        return self._mirror.value(self._mirror.ask({"do": "get", "object": self._number, "name": name}))

    def __setattr__(self, name: str, value: Any) -> None:
        question = {"do": "set", "object": self._number, "name": name, "value": wire.pack_argument(value)}
        self._mirror.ask(question)

    def __call__(self, *arguments: Any) -> Any:
        return self._mirror.call(self._number, arguments)
