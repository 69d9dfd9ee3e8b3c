"""Extended attributes, answered as Linux does for a file system without them, and the root directory, which stays."""

from __future__ import annotations

import errno
import os
from typing import Any

from .arguments import c_int
from .error_numbers import error


def getxattr(path: Any, attribute: Any, *, follow_symlinks: bool = True) -> bytes:
    """Return the value of extended attribute attribute on path: it can have none."""
    os.fsencode(attribute)
    raise _unsupported(path, follow_symlinks)


def setxattr(path: Any, attribute: Any, value: Any, flags: int = 0, *, follow_symlinks: bool = True) -> None:
    """Set extended attribute attribute on path to value: it can have none."""
    os.fsencode(attribute)
    memoryview(value).release()
    c_int(flags)
    raise _unsupported(path, follow_symlinks)


def removexattr(path: Any, attribute: Any, *, follow_symlinks: bool = True) -> None:
    """Remove extended attribute attribute on path: it can have none."""
    os.fsencode(attribute)
    raise _unsupported(path, follow_symlinks)


def listxattr(path: Any = None, *, follow_symlinks: bool = True) -> list[str]:
    """Return a list of extended attributes on path: it can have none."""
    raise _unsupported("." if path is None else path, follow_symlinks)


def _chroot(path: Any) -> None:
    """Change root directory to path: nobody in a component has the right."""
    os.stat(path)
    raise error(errno.EPERM, path)


def _unsupported(path: Any, follow_symlinks: bool) -> OSError:
    if isinstance(path, int):
        os.fstat(path)
        return error(errno.EOPNOTSUPP)
    os.stat(path, follow_symlinks=follow_symlinks)
    return error(errno.EOPNOTSUPP, path)


#: Those that take a descriptor as well as a path.
OF_DESCRIPTORS = (getxattr, setxattr, removexattr, listxattr)
ADDED: dict[str, Any] = {
    "XATTR_CREATE": 1,
    "XATTR_REPLACE": 2,
    "XATTR_SIZE_MAX": 1 << 16,
    "chroot": _chroot,
    "getxattr": getxattr,
    "listxattr": listxattr,
    "removexattr": removexattr,
    "setxattr": setxattr,
}
