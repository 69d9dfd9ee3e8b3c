"""This module provides access to the Unix password database.

A component has one user; see `wasocket.identity`. Entries are 7-tuples: pw_name, pw_passwd, pw_uid, pw_gid, pw_gecos,
pw_dir, pw_shell.
"""

import os

from wasocket import arguments, identity
from wasocket.struct_sequence import define

struct_passwd = define(
    "pwd.struct_passwd",
    {
        "pw_name": "user name",
        "pw_passwd": "password",
        "pw_uid": "user id",
        "pw_gid": "group id",
        "pw_gecos": "real name",
        "pw_dir": "home directory",
        "pw_shell": "shell program",
    },
    "pwd.struct_passwd: Results from getpw*() routines.",
)
_USER = struct_passwd(
    (identity.NAME, "x", identity.USER, identity.GROUP, identity.NAME, identity.HOME, identity.SHELL)
)


def getpwuid(uid, /):
    """Return the password database entry for the given numeric user ID."""
    try:
        number = arguments.identity(uid, "uid")
    except OverflowError:
        raise KeyError("getpwuid(): uid not found") from None
    if number != identity.USER:
        raise KeyError(f"getpwuid(): uid not found: {number}")
    return _USER


def getpwnam(name, /):
    """Return the password database entry for the given user name."""
    if not isinstance(name, str):
        raise TypeError(f"getpwnam() argument must be str, not {type(name).__name__}")
    if b"\0" in os.fsencode(name):
        raise ValueError("embedded null byte")
    if name != identity.NAME:
        raise KeyError(f"getpwnam(): name not found: {name!r}")
    return _USER


def getpwall():
    """Return a list of all available password database entries, in arbitrary order."""
    return [_USER]
