"""Runs tests of CPython's suite, one at a time, as `cargo xtask conformance` commands: `driver.py ROLE THREADS`.

ROLE is `server` or `client`: which half of a threaded test this process runs.
THREADS is `with-threads` if this process runs the threads of tests itself, `without-threads` if another one does, or `alone` if there is no
other one: all of every test runs in the server.
Tests that are not threaded run whole in the server.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import random
import sys
import sysconfig
import unittest
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from channel import Channel
from halves import Halves
from outcome import Outcomes, of_exception, text_of
from thread_half import OF_SERVERS, ThreadHalf

#: What tests may use: they may take long, but not the internet.
RESOURCES = {"cpu": None, "walltime": None}
#: Modules that ask for the internet although most of their tests do without; and those that do need it.
MOSTLY_LOCAL = {"test.test_timeout": ("TCPTimeoutTestCase",), "test.test_socketserver": ()}
#: Modules that mark tests as in need of child processes which start none.
WITHOUT_PROCESSES = ("test.test_ftplib",)
#: Classes whose tests leave CPython 3.14.0's memory in ruins, with and without our sockets: a later test would trap.
RUINOUS = {"test.test_asyncio.test_tasks": ("CIntrospectionTests",)}
#: Why they do not run.
RUINS = "a mistake in C of CPython 3.14.0 leaves the memory in ruins for the tests after it"


class NoInterpreters:
    """Skips the tests of an executor that a CPython without subinterpreters does not have."""

    def __init__(self, *_: Any, **__: Any) -> None:
        raise unittest.SkipTest("subinterpreters required")


class Driver:
    """The tests of this process and what they leave for each other."""

    def __init__(self, role: str, threads: str) -> None:
        self._role = role
        self._is_alone = threads == "alone"
        self._channel = Channel()
        self._halves = Halves(self._channel, role)
        self._thread = ThreadHalf(self._channel, role) if threads == "without-threads" else None
        self._outcomes = Outcomes(self._failed)
        self._suite = unittest.TestSuite()
        self._socket_tests: ModuleType | None = None
        self._loaded: dict[str, dict[str, Any]] = {}

    def serve(self) -> None:
        """Do what the relay says until it has no more to say."""
        _prepare_support(self._is_alone)
        if self._thread is not None:
            self._thread.install()
        while (command := self._channel.command()) is not None:
            match command["do"]:
                case "list":
                    self._channel.tell(self._list(command["module"]))
                case "run":
                    outcome, text = self._run(command["module"], command["test"])
                    self._channel.tell({"op": "done", "outcome": outcome, "text": text})

    def _list(self, name: str) -> dict[str, Any]:
        try:
            cases = self._load(name)
        except unittest.SkipTest as skip:
            return {"op": "tests", "tests": [], "skip": str(skip)}
        except BaseException as error:
            return {"op": "tests", "tests": [], "error": text_of(error)}
        return {"op": "tests", "tests": [self._described(name, test, case) for test, case in cases.items()]}

    def _described(self, module: str, test: str, case: Any) -> dict[str, Any]:
        threaded = self._is_threaded(case)
        unfit = None
        if type(case).__name__ in MOSTLY_LOCAL.get(module, ()):
            unfit = "it needs the internet"
        elif type(case).__name__ in RUINOUS.get(module, ()) and sys.version_info < (3, 14, 1):
            unfit = RUINS
        may_part = self._thread is not None and module in OF_SERVERS
        skip = _skip_reason(case)
        return {"test": test, "threaded": threaded, "may_part": may_part, "skip": skip, "unfit": unfit}

    def _load(self, name: str) -> dict[str, Any]:
        """The tests of a module, by class and method."""
        if name not in self._loaded:
            _prepare_module(name)
            module = importlib.import_module(name)
            if name == "test.test_socket" and not self._is_alone:
                self._socket_tests = module
                self._halves.install(module)
            tests = _cases(unittest.defaultTestLoader.loadTestsFromModule(module))
            self._loaded[name] = {f"{type(test).__qualname__}.{test._testMethodName}": test for test in tests}
        return self._loaded[name]

    def _run(self, module: str, test: str) -> tuple[str, str]:
        try:
            _allow_resources(module)
            found = self._load(module)[test]
            random.seed(test.partition(".")[0])  # both halves make the same data
            case = type(found)(found._testMethodName)
            self._halves.start(case)
            if not self._is_threaded(case):
                return self._run_whole(case)
            return self._run_client(case) if self._role == "client" else self._run_server(case)
        except BaseException as error:
            return of_exception(error)

    def _run_server(self, case: Any) -> tuple[str, str]:
        suite = unittest.TestSuite([case])
        suite.run(self._outcomes)
        outcome, text = self._outcomes.take()
        if outcome in ("error", "fail"):
            gc.collect()  # or a later test would see what this one has not closed
        return outcome, text

    def _run_whole(self, case: Any) -> tuple[str, str]:
        """A test whose thread, if it starts one, runs in the server."""
        if self._thread is None:
            return self._run_server(case)
        self._thread.begin(case)
        try:
            outcome = self._run_server(case)
            return ("pass", "") if self._thread.is_abandoned else outcome
        finally:
            self._thread.end()

    def _run_client(self, case: Any) -> tuple[str, str]:
        self._suite._tearDownPreviousClass(case, self._outcomes)
        self._suite._handleModuleFixture(case, self._outcomes)
        self._suite._handleClassSetUp(case, self._outcomes)
        self._outcomes._previousTestClass = type(case)
        failures = self._halves.run_client(case)
        return of_exception(failures[0]) if failures else ("pass", "")

    def _failed(self) -> None:
        """The server half has failed: the client half need not wait for it."""
        self._channel.tell({"op": "failed"})

    def _is_threaded(self, case: Any) -> bool:
        return self._socket_tests is not None and self._halves.is_apart(case)


def _prepare_support(is_alone: bool) -> None:
    """Say what works here, which `test.support` derives from the platform's name."""
    sys.executable = os.environ.get("CONFORMANCE_PYTHON", sys.executable)
    variables = sysconfig.get_config_vars()
    variables["CONFIG_ARGS"] = ""  # componentize-py's has an open quotation, which no test may stumble over
    from test import support

    support.has_socket_support = True
    support.is_wasi = False
    support.verbose = False
    from test.support import socket_helper, threading_helper

    socket_helper.has_gethostname = True
    if is_alone:
        threading_helper.can_start_thread = True


def _prepare_module(name: str) -> None:
    """Let a module be imported that uses a terminal in some of its tests, or says of more than needs it that it needs processes."""
    _allow_resources(name)
    if name in WITHOUT_PROCESSES:
        from test import support

        support.has_subprocess_support = True
    if name == "test.test_asyncio.test_events" and importlib.util.find_spec("termios") is None:
        for missing in ("termios", "tty"):
            sys.modules[missing] = ModuleType(missing)
    if name.startswith("test.test_concurrent_futures.") and importlib.util.find_spec("_interpreters") is None:
        from concurrent import futures

        futures.InterpreterPoolExecutor = NoInterpreters  # the suite names it where it defines its classes


def _allow_resources(module: str) -> None:
    from test import support

    support.use_resources = RESOURCES | ({"network": None} if module in MOSTLY_LOCAL else {})


def _cases(suite: Any) -> Iterator[Any]:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _cases(test)
        else:
            yield test


def _skip_reason(case: Any) -> str | None:
    """Why a decorator skips the test, or None."""
    method = getattr(type(case), case._testMethodName, None)
    for owner in (type(case), method):
        if getattr(owner, "__unittest_skip__", False):
            return str(owner.__unittest_skip_why__)
    return None


if __name__ == "__main__":
    Driver(sys.argv[1], sys.argv[2]).serve()
