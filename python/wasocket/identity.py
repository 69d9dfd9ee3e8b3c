"""The one user and the one group of a component, as sockets' credentials carry them. Neither can be changed.

A component is like a container's `root` without capabilities: what asks for no change succeeds, any other is `EPERM`.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from . import arguments
from .arguments import UNCHANGED
from .error_numbers import error

#: The numbers of the user and the group, to whom all files belong.
USER = GROUP = 0
#: The name of both.
NAME = "root"
#: The folder that is there in every program.
HOME = "/"
#: Nothing can be executed, so nobody can log in.
SHELL = "/sbin/nologin"
#: Which bits a mask of permissions has, and those of a fresh process.
PERMISSIONS, MASK = 0o777, 0o022

_mask = MASK


def _constant(value: Any, doc: str) -> Callable[[], Any]:
    def function() -> Any:
        return value

    function.__doc__ = doc
    return function


def _getgroups() -> list[int]:
    """Return list of supplemental group IDs for the process."""
    return [GROUP]


def _getgrouplist(user: str, group: int, /) -> list[int]:
    """Returns a list of groups to which a user belongs."""
    os.fsencode(user)
    return [arguments.identity(group, "gid")]


def _getlogin() -> str:
    """Return the actual login name. There is a name if the environment has one: nobody logs in to a component."""
    name = os.environ.get("LOGNAME")
    if not name:
        raise error(errno.ENXIO)
    return name


def _umask(mask: int, /) -> int:
    """Set the current numeric umask and return the previous umask. It is kept: WASI's files have no permissions."""
    global _mask
    previous, _mask = _mask, arguments.c_int(mask) & PERMISSIONS
    return previous


def _setter(what: str, own: int, invalid: bool = True) -> Callable[[int], None]:
    """A function that sets one number, for which -1 may be invalid."""

    def function(number: int, /) -> None:
        given = arguments.identity(number, what)
        if given == UNCHANGED and invalid:
            raise error(errno.EINVAL)
        _keep(given, own)

    function.__doc__ = f"Set the current process's {what}: only to what it is."
    return function


def _setreuid(ruid: int, euid: int, /) -> None:
    """Set the current process's real and effective user ids: only to what they are."""
    _keep_all((ruid, euid), "uid", USER)


def _setregid(rgid: int, egid: int, /) -> None:
    """Set the current process's real and effective group ids: only to what they are."""
    _keep_all((rgid, egid), "gid", GROUP)


def _setresuid(ruid: int, euid: int, suid: int, /) -> None:
    """Set the current process's real, effective, and saved user ids: only to what they are."""
    _keep_all((ruid, euid, suid), "uid", USER)


def _setresgid(rgid: int, egid: int, sgid: int, /) -> None:
    """Set the current process's real, effective, and saved group ids: only to what they are."""
    _keep_all((rgid, egid, sgid), "gid", GROUP)


def _setgroups(groups: Sequence[int], /) -> None:
    """Set the groups of the current process to list: only to what they are."""
    if not isinstance(groups, Sequence):
        raise TypeError("setgroups argument must be a sequence")
    for group in groups:
        _keep(arguments.identity(group, "gid"), GROUP)
    if not groups:
        raise _refusal()


def _initgroups(username: str, gid: int, /) -> None:
    """Initialize the group access list: only to what it is."""
    os.fsencode(username)
    _keep(arguments.identity(gid, "gid"), GROUP)


def chown(path: Any, uid: int, gid: int, *, dir_fd: int | None = None, follow_symlinks: bool = True) -> None:
    """Change the owner and group id of path to the numeric uid and gid: only to what they are."""
    user, group = arguments.identity(uid, "uid"), arguments.identity(gid, "gid")
    sys.audit("os.chown", path, user, group, -1 if dir_fd is None else dir_fd)
    if isinstance(path, int):
        os.fstat(path)
    else:
        os.stat(path, dir_fd=dir_fd, follow_symlinks=follow_symlinks)
    _keep(user, USER, path)
    _keep(group, GROUP, path)


def _fchown(fd: int, uid: int, gid: int) -> None:
    """Change the owner and group id of the file specified by file descriptor: only to what they are."""
    chown(arguments.descriptor(fd), uid, gid)


def _lchown(path: Any, uid: int, gid: int) -> None:
    """Change the owner and group id of path to the numeric uid and gid: only to what they are."""
    chown(path, uid, gid, follow_symlinks=False)


def _fchmod(fd: int, mode: int) -> None:
    """Change the access permissions of the file given by file descriptor fd: WASI has none, as for `os.chmod()`."""
    arguments.c_int(mode)
    os.fstat(arguments.descriptor(fd))


def _keep_all(numbers: Sequence[int], what: str, own: int) -> None:
    for number in [arguments.identity(number, what) for number in numbers]:
        _keep(number, own)


def _keep(number: int, own: int, path: Any = None) -> None:
    """Refuse a change."""
    if number not in (UNCHANGED, own):
        raise _refusal(path)


def _refusal(path: Any = None) -> OSError:
    return error(errno.EPERM) if path is None else error(errno.EPERM, path)


ADDED: dict[str, Callable[..., Any]] = {
    "chown": chown,
    "fchmod": _fchmod,
    "fchown": _fchown,
    "getegid": _constant(GROUP, "Return the current process's effective group id."),
    "geteuid": _constant(USER, "Return the current process's effective user id."),
    "getgid": _constant(GROUP, "Return the current process's group id."),
    "getgrouplist": _getgrouplist,
    "getgroups": _getgroups,
    "getlogin": _getlogin,
    "getresgid": _constant((GROUP,) * 3, "Return the current process's real, effective, and saved group ids."),
    "getresuid": _constant((USER,) * 3, "Return the current process's real, effective, and saved user ids."),
    "getuid": _constant(USER, "Return the current process's user id."),
    "initgroups": _initgroups,
    "lchown": _lchown,
    "setegid": _setter("gid", GROUP),
    "seteuid": _setter("uid", USER),
    "setgid": _setter("gid", GROUP),
    "setgroups": _setgroups,
    "setregid": _setregid,
    "setresgid": _setresgid,
    "setresuid": _setresuid,
    "setreuid": _setreuid,
    "setuid": _setter("uid", USER),
    "umask": _umask,
}
