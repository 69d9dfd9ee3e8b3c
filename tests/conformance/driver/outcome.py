"""What came of a test, as `unittest` reports it."""

from __future__ import annotations

import traceback
import unittest
from collections.abc import Callable
from typing import Any

#: The worse comes first: a test with several outcomes has the worst one.
ORDER = ("error", "fail", "skip", "pass")


class Outcomes(unittest.TestResult):
    """Keeps the outcome of one test at a time, and the fixtures of classes and modules between tests."""

    def __init__(self, failed: Callable[[], None]) -> None:
        """`failed` is called as soon as a test has failed, before its clean-up."""
        super().__init__()
        self._failed = failed
        self._testRunEntered = True  # suites then leave the last class set up for its next test
        self._seen: list[tuple[str, str]] = []
        self._of_fixture: tuple[str, str] | None = None

    def take(self) -> tuple[str, str]:
        """The outcome of the test that was run last, and a text that explains it."""
        seen, self._seen = self._seen, []
        if not seen:
            return self._of_fixture or ("error", "the test left no outcome")
        return min(seen, key=lambda outcome: ORDER.index(outcome[0]))

    def addSuccess(self, test: Any) -> None:
        self._seen.append(("pass", ""))

    def addSkip(self, test: Any, reason: str) -> None:
        self._add(test, "skip", reason)

    def addFailure(self, test: Any, err: Any) -> None:
        self._add(test, "fail", text_of(err[1]))

    def addError(self, test: Any, err: Any) -> None:
        self._add(test, "error", text_of(err[1]))

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        if err is not None:
            failed = issubclass(err[0], test.failureException)
            self._add(test, "fail" if failed else "error", text_of(err[1]))

    def addExpectedFailure(self, test: Any, err: Any) -> None:
        self.addSuccess(test)

    def addUnexpectedSuccess(self, test: Any) -> None:
        self._add(test, "fail", "unexpected success")

    def _add(self, test: Any, outcome: str, text: str) -> None:
        if not isinstance(test, unittest.TestCase):
            self._of_fixture = (outcome, text)
        self._seen.append((outcome, text))
        if outcome != "skip":
            self._failed()


def of_exception(error: BaseException) -> tuple[str, str]:
    """The outcome of a test that ends with an exception."""
    if isinstance(error, unittest.SkipTest):
        return "skip", str(error)
    return "fail" if isinstance(error, AssertionError) else "error", text_of(error)


def text_of(error: BaseException) -> str:
    return "".join(traceback.format_exception(error))
