"""The two halves of a threaded test in two processes.

`test.test_socket.ThreadableTest` runs a test's client half in a thread of its
own. Here the server half runs in one process and the client half in another;
events and plain attributes of the test case cross over the channel.
"""

from __future__ import annotations

import sys
import threading
import unittest
from types import ModuleType
from typing import Any

from channel import Channel
from nested import Nested

#: Whether both halves of a test can run here as CPython's suite has it.
HAS_THREADS = sys.platform != "wasi"
#: Plain values that cross as they are; addresses are tuples of them.
PLAIN = (bool, int, float, str, type(None))
#: Classes whose halves use the same live sockets. They run in one process, as those do that meet at an AF_UNIX name.
SHARED = ("BasicSocketPairTest", "PurePythonSocketPairTest")


class RemoteEvent:
    """A `threading.Event` that the relay keeps for both halves."""

    def __init__(self, channel: Channel, name: str) -> None:
        self._channel = channel
        self._name = name

    def set(self) -> None:
        self._ask("set")

    def clear(self) -> None:
        self._ask("clear")

    def is_set(self) -> bool:
        return self._ask("is_set")

    def wait(self, timeout: float | None = None) -> bool:
        return self._ask("wait", timeout)

    def _ask(self, act: str, timeout: float | None = None) -> bool:
        return self._channel.ask({"op": "event", "name": self._name, "act": act, "timeout": timeout})["value"]


class RemoteSocket:
    """The server's socket as the client half sees it: its address."""

    def __init__(self, address: Any) -> None:
        self._address = address

    def getsockname(self) -> Any:
        return self._address


class Failures:
    """Takes the place of the queue in which a client half puts its exceptions."""

    def __init__(self) -> None:
        self.all: list[BaseException] = []

    def put(self, failure: BaseException) -> None:
        self.all.append(failure)


class Halves:
    """Makes every `ThreadableTest` of a module run one of its halves."""

    def __init__(self, channel: Channel, role: str) -> None:
        self._channel = channel
        self._role = role
        self._active: Any = None
        self._module: Any = None
        self._with_threads: Any = None

    def install(self, module: ModuleType) -> None:
        """Change the class before any of its instances is made."""
        self._module = module
        threadable = module.ThreadableTest
        self._with_threads = threadable._setUp
        threadable._setUp = lambda case: self._set_up(case)
        threadable.__setattr__ = lambda case, name, value: self._set(case, name, value)
        threadable.__getattr__ = lambda case, name: self._get(case, name)

    def is_apart(self, case: unittest.TestCase) -> bool:
        """Whether the two halves of a test can run in two processes."""
        shares = type(case).__name__ in SHARED or isinstance(case, self._module.UnixSocketTestBase)
        return isinstance(case, self._module.ThreadableTest) and not shares

    def start(self, case: Any) -> None:
        """Let attributes of this test case cross from now on."""
        self._active = case if self._module is not None and self.is_apart(case) else None

    def run_client(self, case: Any) -> list[BaseException]:
        """The client half of a test; the exceptions that the server half would have raised for it."""
        case.queue = failures = Failures()
        try:
            case.clientRun(getattr(case, "_" + case._testMethodName))
        except SystemExit:  # `thread.exit()`, with which every client half ends
            pass
        except BaseException as error:
            failures.put(error)
        case.doCleanups()
        return failures.all

    def _set_up(self, case: Any) -> None:
        if case is self._active:
            self._set_up_apart(case)
        elif HAS_THREADS:
            self._with_threads(case)
        else:
            Nested(case).set_up()

    def _set_up_apart(self, case: Any) -> None:
        case.server_ready, case.client_ready, case.done = (threading.Event() for _ in range(3))
        case.server_crashed = False
        self._channel.ask({"op": "start_client"})
        try:
            case._ThreadableTest__setUp()
        except BaseException:
            case.server_crashed = True
            raise
        finally:
            self._publish_server(case)
            case.server_ready.set()
        case.client_ready.wait()
        case.addCleanup(case.done.wait)

    def _publish_server(self, case: Any) -> None:
        """Let the client half ask the server's socket where it is."""
        try:
            address = case.__dict__["serv"].getsockname()
        except (KeyError, AttributeError, OSError):
            return
        self._publish("serv", "socket", address)

    def _set(self, case: Any, name: str, value: Any) -> None:
        """`case.name = value`, for the other half as well."""
        if HAS_THREADS and not self.is_apart(case):
            object.__setattr__(case, name, value)
            return
        kind = _kind(value)
        if kind == "event":
            value = RemoteEvent(self._channel, name)
        object.__setattr__(case, name, value)
        if name == "serv" and self._role == "server" and case is self._active:
            return
        if kind is not None and case is self._active and not name.startswith("_"):
            self._publish(name, kind, None if kind == "event" else value)

    def _get(self, case: Any, name: str) -> Any:
        """An attribute that this half does not have: the other one's."""
        if name.startswith("_") or case is not self._active:
            raise AttributeError(f"{type(case).__name__!r} object has no attribute {name!r}")
        answer = self._channel.ask({"op": "get", "name": name})
        match answer["kind"]:
            case "plain":
                return _tuples(answer["value"])
            case "event":
                return RemoteEvent(self._channel, name)
            case "socket":
                return RemoteSocket(_tuples(answer["value"]))
        raise AttributeError(f"neither half of {type(case).__name__!r} has an attribute {name!r}")

    def _publish(self, name: str, kind: str, value: Any) -> None:
        self._channel.ask({"op": "publish", "name": name, "kind": kind, "value": value})


def _kind(value: Any) -> str | None:
    if isinstance(value, threading.Event):
        return "event"
    plain = isinstance(value, PLAIN) or (isinstance(value, tuple) and all(isinstance(part, PLAIN) for part in value))
    return "plain" if plain else None


def _tuples(value: Any) -> Any:
    return tuple(_tuples(part) for part in value) if isinstance(value, list) else value
