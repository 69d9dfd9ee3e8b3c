"""The process of a test's thread: it answers what the test asks of the thread's objects, whenever the thread would wait."""

from __future__ import annotations

import io
import os
import select
import selectors
import socket
import socketserver
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_string
from email.message import Message
from typing import Any

import wire
from channel import Channel

#: Seconds for which the thread waits before it looks for questions.
SLICE = 0.01
#: Methods that wait until they can read.
READING = ("_accept", "recv", "recv_into", "recvfrom", "recvfrom_into")


class Abandoned(BaseException):
    """Ends a test, or its thread, whose other process is done."""


class Serving:
    """The objects of the thread, and what it has changed of the test."""

    def __init__(self, channel: Channel, roots: list[Any], case: Any) -> None:
        self._channel = channel
        self._roots = roots
        self._table = wire.Table()
        self._module = sys.modules[type(case).__module__]
        self._places = places(self._module, case, roots)
        for root in roots:
            self._table.number_of(root)
        self._before = self._state()

    def until_the_end(self) -> None:
        """Answer until the test is over."""
        while not self._serve(wait=True):
            pass

    def _serve(self, wait: bool = False) -> bool:
        """Answer the questions that are there; whether the test is over."""
        answer = self._channel.ask({"op": "poll", "wait": wait})
        for call in answer["calls"]:
            self._channel.tell({"op": "reply", "value": self._answer(call)})
        return answer["over"]

    def _look(self) -> None:
        if self._serve():
            raise Abandoned

    def _answer(self, call: dict[str, Any]) -> dict[str, Any]:
        try:
            return {"value": self._do(call)}
        except Exception as error:
            return {"error": type(error).__name__, "text": str(error)}

    def _do(self, call: dict[str, Any]) -> Any:
        if call["do"] == "pull":
            return wire.pack_plain({name: form for name, form in self._state().items() if self._before.get(name) != form})
        if call["do"] == "push":
            for (where, name), form in wire.unpack(call["forms"]).items():
                put(self._places[where], name, form)
                self._before[where, name] = form
            return None
        if call["do"] == "chdir":
            return os.chdir(call["path"])
        found = self._table[call["object"]]
        if call["do"] == "set":
            return setattr(found, call["name"], wire.unpack(call["value"]))
        if call["do"] == "call":
            found = getattr(found, call["name"]) if "name" in call else found
            return wire.pack(found(*wire.unpack(call["arguments"])), self._table)
        if any(found is root for root in self._roots) and call["name"] not in found.__dict__:
            return {"missing": True}
        return wire.pack(getattr(found, call["name"]), self._table)

    def _state(self) -> dict[tuple[str, str], Any]:
        """The plain values that both processes know by a name, in the form in which they cross."""
        return {
            (where, name): form
            for where, owner in self._places.items()
            for name, value in list(vars(owner).items())
            if (form := form_of(value)) is not None
        }

    @contextmanager
    def while_waiting(self) -> Iterator[None]:
        """Look for questions where the thread would wait."""
        changed: list[tuple[Any, str, bool, Any]] = []

        def change(owner: Any, name: str, made: Callable[..., Any]) -> None:
            changed.append((owner, name, name in vars(owner), getattr(owner, name)))
            setattr(owner, name, made(getattr(owner, name)))

        for name in READING:
            change(socket.socket, name, self._reading)
        for kind in (selectors.SelectSelector, selectors.PollSelector, getattr(selectors, "EpollSelector", None)):
            if kind is not None:
                change(kind, "select", self._selecting)
        if ssl := sys.modules.get("ssl"):
            for name in ("do_handshake", "read", "unwrap"):
                change(ssl.SSLSocket, name, self._encrypted)
        change(socketserver.BaseServer, "shutdown", lambda original: _ask_to_end)
        if asyncore := sys.modules.get("test.support.asyncore"):
            change(asyncore, "poll", self._looking)
            change(asyncore, "poll2", self._looking)
        try:
            yield
        finally:
            for owner, name, is_own, original in reversed(changed):
                if is_own:
                    setattr(owner, name, original)
                else:
                    delattr(owner, name)

    def _reading(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def method(sock: Any, *arguments: Any) -> Any:
            timeout = sock.gettimeout()
            if timeout != 0 and sock.fileno() >= 0 and not self._wait(timeout, lambda time: _is_readable(sock, time)):
                raise TimeoutError("timed out")
            return original(sock, *arguments)

        return method

    def _encrypted(self, original: Callable[..., Any]) -> Callable[..., Any]:
        import ssl

        def method(sock: Any, *arguments: Any) -> Any:
            timeout = sock.gettimeout()
            if timeout == 0 or sock.fileno() < 0:
                return original(sock, *arguments)
            end = None if timeout is None else time.monotonic() + timeout
            sock.settimeout(0)
            try:
                while end is None or time.monotonic() < end:
                    self._look()
                    try:
                        return original(sock, *arguments)
                    except ssl.SSLWantReadError:
                        select.select([sock], [], [], SLICE)
                    except ssl.SSLWantWriteError:
                        select.select([], [sock], [], SLICE)
                raise TimeoutError("The operation timed out")
            finally:
                if sock.fileno() >= 0:
                    sock.settimeout(timeout)

        return method

    def _selecting(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def method(selector: Any, timeout: float | None = None) -> Any:
            return self._wait(timeout, lambda time: original(selector, time)) or []

        return method

    def _looking(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def function(timeout: float = 0.0, *arguments: Any) -> Any:
            self._look()
            return original(min(timeout, SLICE), *arguments)

        return function

    def _wait(self, timeout: float | None, attempt: Callable[[float], Any]) -> Any:
        """Attempt it for short times until it succeeds or the timeout is over, and answer questions in between."""
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            self._look()
            left = SLICE if end is None else min(SLICE, max(0.0, end - time.monotonic()))
            if found := attempt(left):
                return found
            if end is not None and time.monotonic() >= end:
                return None


def places(module: Any, case: Any, roots: list[Any]) -> dict[str, Any]:
    """What has the same name in both processes: the test's module and case, what logs, classes of handlers."""
    found = {"module": module, "case": case}
    if "test.support.smtpd" in sys.modules:
        found["smtpd"] = sys.modules["test.support.smtpd"]
    for number, handler in enumerate(_handlers(roots)):
        found[f"handler {number}"] = handler
    return found


def _handlers(roots: list[Any]) -> Iterator[type]:
    """The classes of request handlers among these objects, in them, and in what is in them."""
    near = [*roots, *(value for root in roots for value in getattr(root, "__dict__", {}).values())]
    named = [getattr(value, "__dict__", {}).get("RequestHandlerClass") for value in near]
    own = [getattr(type(root), "handler", None) for root in roots]
    seen: list[Any] = []
    for value in (*near, *named, *own):
        if isinstance(value, type) and not any(value is other for other in seen):
            seen.append(value)
            yield value


def form_of(value: Any) -> Any:
    """The form in which a value is copied, or None if it cannot be."""
    if isinstance(value, io.StringIO):
        return None if value.closed else {"stringio": value.getvalue()}
    if isinstance(value, Message):
        return {"message": value.as_string()}
    try:
        return wire.pack_plain(value)
    except wire.NotPlain:
        return None


def put(owner: Any, name: str, form: Any) -> None:
    """Take over a copy."""
    if isinstance(form, dict) and "stringio" in form:
        output = vars(owner).get(name)
        if isinstance(output, io.StringIO):
            output.seek(0)
            output.truncate()
            output.write(form["stringio"])
    elif isinstance(form, dict) and "message" in form:
        setattr(owner, name, message_from_string(form["message"]))
    else:
        setattr(owner, name, wire.unpack(form))


def _ask_to_end(server: Any) -> None:
    """`shutdown()` by the thread that serves: whoever waits for the end is in the other process."""
    server._BaseServer__shutdown_request = True


def _is_readable(sock: Any, timeout: float) -> bool:
    return bool(select.select([sock], [], [], timeout)[0])
