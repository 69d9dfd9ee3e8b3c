"""Arguments as CPython's own functions take them, with the same texts of errors."""

from __future__ import annotations

import operator
import warnings
from typing import Any

#: The bounds of C's `int` and of the numbers of users and groups.
INT_MIN, INT_MAX = -(1 << 31), (1 << 31) - 1
ID_MAX = (1 << 32) - 1
#: The user or group -1: it stays as it is.
UNCHANGED = -1


def c_int(value: Any) -> int:
    """A C `int`."""
    number = operator.index(value)
    if not INT_MIN <= number <= INT_MAX:
        raise OverflowError("Python int too large to convert to C int")
    return number


def identity(value: Any, what: str) -> int:
    """The number of a user or of a group, as `what` says; -1 is one."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{what} should be integer, not {type(value).__name__}") from None
    if number < UNCHANGED:
        raise OverflowError(f"{what} is less than minimum")
    if number > ID_MAX:
        raise OverflowError(f"{what} is greater than maximum")
    return UNCHANGED if number == ID_MAX else number


def descriptor(value: Any) -> int:
    """A descriptor, or that of an object with a `fileno()`."""
    if isinstance(value, int):
        if isinstance(value, bool):
            warnings.warn("bool is used as a file descriptor", RuntimeWarning, stacklevel=3)
        number = value
    elif (fileno := getattr(value, "fileno", None)) is not None:
        number = fileno()
        if not isinstance(number, int):
            raise TypeError("fileno() returned a non-integer")
    else:
        raise TypeError("argument must be an int, or have a fileno() method.")
    number = c_int(number)
    if number < 0:
        raise ValueError(f"file descriptor cannot be a negative integer ({number})")
    return number
