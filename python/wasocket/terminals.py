"""Terminals: WASI says whether a stream is one, and nothing else of it."""

from __future__ import annotations

import errno
import os
from typing import Any

from .arguments import c_int
from .error_numbers import error

#: Standard output.
OUTPUT = 1
#: The name of the controlling terminal, which a component does not have.
CONTROLLING = "/dev/tty"
#: Columns and lines of a terminal that does not know them, as of a serial line.
UNKNOWN = (0, 0)


def check_terminal(fd: int) -> None:
    """Raise `EBADF` for what is not open, and `ENOTTY` for what is no terminal."""
    os.fstat(fd)
    if not os.isatty(fd):
        raise error(errno.ENOTTY)


def _get_terminal_size(fd: int = OUTPUT, /) -> os.terminal_size:
    """Return the size of the terminal window as (columns, lines): (0, 0), since a terminal's size is unknown."""
    check_terminal(c_int(fd))
    return os.terminal_size(UNKNOWN)


def _ctermid() -> str:
    """Return the name of the controlling terminal for this process."""
    return CONTROLLING


def _ttyname(fd: int, /) -> str:
    """Return the name of the terminal device connected to 'fd': a component cannot see it."""
    check_terminal(c_int(fd))
    raise error(errno.ENODEV)


def _tcgetpgrp(fd: int, /) -> int:
    """Return the process group associated with the terminal specified by fd: it does not control this process."""
    os.fstat(c_int(fd))
    raise error(errno.ENOTTY)


def _tcsetpgrp(fd: int, pgid: int, /) -> None:
    """Set the process group associated with the terminal specified by fd: it does not control this process."""
    c_int(pgid)
    _tcgetpgrp(fd)


ADDED: dict[str, Any] = {
    "ctermid": _ctermid,
    "get_terminal_size": _get_terminal_size,
    "tcgetpgrp": _tcgetpgrp,
    "tcsetpgrp": _tcsetpgrp,
    "ttyname": _ttyname,
}
