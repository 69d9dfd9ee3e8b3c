"""The two halves of a threaded test in one process without threads: the client half runs where the server half would wait.

The server half runs first. As soon as it would wait, for a connection, for data or for the client half, the client half
runs to its end, inside that call. So a test can run whose client half does not wait for the server half in its turn;
others are skipped, and say so.
"""

from __future__ import annotations

import select
import socket
import threading
import unittest
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

#: Why a test cannot run in this way.
IN_TURN = "its client half waits for its server half in its turn, which takes a thread: both live in one guest"
#: Methods that wait until they can read, and how many arguments come before the flags.
READING = {"_accept": None, "recv": 1, "recv_into": 2, "recvfrom": 1, "recvfrom_into": 2, "recvmsg": 2, "recvmsg_into": 2}
#: Methods that wait until they can write.
WRITING = {"send": 1, "sendall": 1, "sendmsg": 2}

#: A timeout of fewer seconds than this is there to be seen: the test waits for it.
AWAITED = 1
#: How many seconds bytes may be on their way that the server half has sent.
ON_THE_WAY = 2


class Nested:
    """The client half of one test, to be run inside calls of the server half."""

    def __init__(self, case: Any) -> None:
        self._case = case
        self._is_inside = False
        #: What is still to be run.
        self._steps: list[Callable[[], None]] = [self._case.clientSetUp, self._run_client]

    def set_up(self) -> None:
        """What `ThreadableTest._setUp()` does: both halves are ready after it."""
        case = self._case
        case.enterContext(self._methods_that_give_way())
        case.server_ready, case.client_ready, case.done = (threading.Event() for _ in range(3))
        case._ThreadableTest__setUp()
        if len(self._steps) == 2:
            self.give_way()
        case.addCleanup(self.finish)

    def finish(self) -> None:
        """Run what is left of the client half."""
        while self._steps:
            self.give_way()

    def give_way(self) -> None:
        """Run the next part of the client half, because the server half would wait."""
        if self._is_inside:
            raise unittest.SkipTest(IN_TURN)
        if not self._steps:
            return
        self._is_inside = True
        try:
            self._steps.pop(0)()
        except BaseException:
            self._steps.clear()
            raise  # the test ends: without its client half it could only fail later
        finally:
            self._is_inside = False

    def _run_client(self) -> None:
        try:
            getattr(self._case, "_" + self._case._testMethodName)()
        finally:
            with suppress(SystemExit):  # `thread.exit()`, with which every client half ends
                self._case.clientTearDown()

    @contextmanager
    def _methods_that_give_way(self) -> Iterator[None]:
        """For the time of the test, let sockets run the client half instead of waiting."""
        names = [*READING, *WRITING]
        for name in names:
            flags = READING[name] if name in READING else WRITING[name]
            setattr(socket.socket, name, self._giving_way(name, flags))
        event, threading.Event = threading.Event, type("Event", (NestedEvent,), {"nested": self})
        try:
            yield
        finally:
            threading.Event = event
            for name in names:
                delattr(socket.socket, name)

    def _giving_way(self, name: str, flags: int | None) -> Callable[..., Any]:
        method = getattr(socket.socket, name)

        def giving_way(sock: Any, *arguments: Any) -> Any:
            patience = ON_THE_WAY if self._is_inside else 0
            if _may_wait(sock, arguments, flags) and not _is_ready(sock, name in READING, patience):
                self.give_way()
            return method(sock, *arguments)

        return giving_way


class NestedEvent:
    """A `threading.Event` that runs the client half instead of waiting for it."""

    nested: Nested

    def __init__(self) -> None:
        self._is_set = False

    def set(self) -> None:
        self._is_set = True

    def clear(self) -> None:
        self._is_set = False

    def is_set(self) -> bool:
        return self._is_set

    def wait(self, timeout: float | None = None) -> bool:
        if not self._is_set:
            self.nested.give_way()
        return self._is_set


def _may_wait(sock: Any, arguments: tuple[Any, ...], flags: int | None) -> bool:
    given = arguments[flags] if flags is not None and len(arguments) > flags else 0
    is_hasty = isinstance(given, int) and bool(given & getattr(socket, "MSG_DONTWAIT", 0))
    timeout = sock.gettimeout()
    return sock.fileno() >= 0 and (timeout is None or timeout >= AWAITED) and not is_hasty


def _is_ready(sock: Any, is_reading: bool, patience: float) -> bool:
    watched: list[Any] = [sock]
    readable, writable, _ = select.select(watched if is_reading else [], [] if is_reading else watched, [], patience)
    return bool(readable or writable)
