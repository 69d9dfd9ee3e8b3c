"""A test's thread in a process of its own.

Both processes run the same test. In the server's, what the test's first `Thread.start()` would start runs in its place,
and the test does not go on after it. In the client's, that start does nothing and the test goes on. What the test does up to
there happens twice, except that the client's sockets bind to nothing: they say that they are bound where the server's are.
Afterwards events are shared, and the objects that the thread was given live in the server's process alone.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import weakref
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import wire
from channel import Channel
from mirror import Mirror
from serving import Abandoned, Serving

#: Modules whose threads are servers, whatever is given to them.
OF_SERVERS = frozenset(
    f"test.{name}"
    for name in (
        "test_docxmlrpc", "test_ftplib", "test_httplib", "test_httpservers", "test_imaplib", "test_poplib",
        "test_smtplib", "test_socketserver", "test_ssl", "test_urllib2_localnet", "test_xmlrpc",
    )
)  # fmt: skip
#: The event that is set once the thread has ended.
ENDED = "the thread has ended"


class ThreadHalf:
    """The thread of the test that is running."""

    def __init__(self, channel: Channel, role: str) -> None:
        self._channel = channel
        self._role = role
        self._case: Any = None
        self._thread: Any = None
        self._mirror: Mirror | None = None
        self._events = 0
        #: What the thread has started, which has ended.
        self._within: weakref.WeakSet[Any] = weakref.WeakSet()
        #: Where the server's sockets are bound, in the order of their `bind()`.
        self._bound: list[Any] = []
        #: Where the client's sockets seem to be bound.
        self._names: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()
        self.is_abandoned = False

    def install(self) -> None:
        """Change what tests use to start threads and to know of them."""
        _wrap(threading.Thread, "start", self._start)
        _wrap(threading.Thread, "join", self._join)
        _wrap(threading.Thread, "is_alive", self._is_alive)
        _wrap(socket.socket, "bind", self._bind)
        _wrap(socket.socket, "listen", self._listen)
        _wrap(socket.socket, "getsockname", self._getsockname)
        _wrap(socket.socket, "connect", self._connect)
        _wrap(os, "chdir", self._chdir)
        real = threading.Event
        threading.Event = type("Event", (real,), {"__new__": lambda cls: self._event(lambda: real.__new__(cls))})

    def begin(self, case: Any) -> None:
        """A test begins."""
        self._case, self._thread, self._mirror = case, None, None
        self._events, self._bound = 0, []
        self._names.clear()
        self.is_abandoned = False
        if self._role == "client":
            self._bound = wire.unpack(self._channel.ask({"op": "get", "name": "bound"})["value"])

    def end(self) -> None:
        """The test is over."""
        self._case = None

    def wait(self, name: str, timeout: float | None) -> bool:
        """Wait for a shared event; what the thread did before is then known."""
        if self.is_abandoned:
            return True
        result = self._channel.ask({"op": "event", "name": name, "act": "wait", "timeout": timeout})["value"]
        if self._mirror is not None:
            self._mirror.pull()
        return result

    def act(self, name: str, act: str) -> bool:
        """Set, clear or ask for a shared event."""
        return self._channel.ask({"op": "event", "name": name, "act": act})["value"]

    def _event(self, make: Callable[[], Any]) -> Any:
        if self._case is None or self._thread is not None:
            return make()
        self._events += 1
        return SharedEvent(self, f"event {self._events}")

    def _start(self, original: Callable[..., Any], thread: Any) -> None:
        if self._thread is not None and self._role == "server":
            return self._run_within(thread)
        if self._case is None or self._thread is not None or not self._is_server(thread):
            return original(thread)
        self._thread = thread
        if self._role == "server":
            self._run(thread)
        else:
            for sock in list(self._names):
                sock.close()  # its address is all that the test still wants of it
            self._mirror = Mirror(self._channel, _roots(thread), self._case, lambda name: SharedEvent(self, name))

    def _run_within(self, thread: Any) -> None:
        """Be a thread that the thread starts, which ends before the other goes on."""
        self._within.add(thread)
        try:
            thread.run()
        except Abandoned:
            raise
        except BaseException as error:
            sys.excepthook(type(error), error, error.__traceback__)

    def _is_server(self, thread: Any) -> bool:
        return type(self._case).__module__ in OF_SERVERS or any(map(_is_server, _roots(thread)))

    def _run(self, thread: Any) -> None:
        """Be the thread."""
        self._channel.ask({"op": "publish", "name": "bound", "value": wire.pack_plain(self._bound)})
        self._channel.ask({"op": "start_client"})
        serving = Serving(self._channel, _roots(thread), self._case)
        try:
            with serving.while_waiting():
                thread.run()
        except Abandoned:
            pass
        except BaseException as error:
            sys.excepthook(type(error), error, error.__traceback__)
        self.act(ENDED, "set")
        serving.until_the_end()
        self.is_abandoned = True
        raise Abandoned

    def _join(self, original: Callable[..., Any], thread: Any, timeout: float | None = None) -> None:
        if thread in self._within:
            return
        if thread is not self._thread:
            original(thread, timeout)
        elif self._role == "client":
            self.wait(ENDED, timeout)

    def _is_alive(self, original: Callable[..., Any], thread: Any) -> bool:
        return not self.act(ENDED, "is_set") if thread is self._thread and self._role == "client" else original(thread)

    def _bind(self, original: Callable[..., Any], sock: Any, address: Any) -> None:
        if self._case is None or self._thread is not None:
            original(sock, address)
        elif self._role == "server":
            original(sock, address)
            self._bound.append(sock.getsockname())
        elif self._bound:
            self._names[sock] = self._bound.pop(0)

    def _listen(self, original: Callable[..., Any], sock: Any, *backlog: int) -> None:
        if sock not in self._names:
            original(sock, *backlog)

    def _getsockname(self, original: Callable[..., Any], sock: Any) -> Any:
        return self._names[sock] if sock in self._names else original(sock)

    def _connect(self, original: Callable[..., Any], sock: Any, address: Any) -> None:
        if self._mirror is not None and self._case is not None:
            self._mirror.push()
        original(sock, address)

    def _chdir(self, original: Callable[..., Any], path: Any) -> None:
        original(path)
        if self._mirror is not None and self._case is not None:
            self._mirror.change_folder(os.getcwd())


class SharedEvent:
    """A `threading.Event` of both processes."""

    def __init__(self, half: ThreadHalf, name: str) -> None:
        self._half = half
        self.shared_name = name

    def set(self) -> None:
        self._half.act(self.shared_name, "set")

    def clear(self) -> None:
        self._half.act(self.shared_name, "clear")

    def is_set(self) -> bool:
        return self._half.act(self.shared_name, "is_set")

    def wait(self, timeout: float | None = None) -> bool:
        return self._half.wait(self.shared_name, timeout)


def _roots(thread: Any) -> list[Any]:
    """The objects of a thread that live in its process alone: servers, and a thread that is more than a `Thread`."""
    target = thread.__dict__.get("_target")
    given = [thread, getattr(target, "__self__", None), *thread.__dict__.get("_args", ())]
    given += _contents(getattr(target, "__closure__", None) or ())
    kinds = [value for value in given if isinstance(value, type) and value.__module__ != "builtins"]
    servers = [value for value in given if _is_server(value) and value is not thread]
    return [thread, *servers, *kinds] if type(thread) is not threading.Thread else [*servers, *kinds]


def _contents(cells: tuple[Any, ...]) -> list[Any]:
    found = []
    for cell in cells:
        with suppress(ValueError):  # it is empty
            found.append(cell.cell_contents)
    return found


def _is_server(value: Any) -> bool:
    names = {f"{cls.__module__}.{cls.__name__}" for cls in type(value).__mro__}
    return bool(names & {"socketserver.BaseServer", "test.support.asyncore.dispatcher"})


def _wrap(owner: Any, name: str, replacement: Callable[..., Any]) -> None:
    """Replace a method or function by one that gets the original as its first argument."""
    original = getattr(owner, name)

    def wrapper(*arguments: Any, **named: Any) -> Any:
        return replacement(original, *arguments, **named)

    setattr(owner, name, wrapper)
