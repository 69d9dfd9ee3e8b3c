"""Access to the Unix group database.

A component has one group; see `wasocket.identity`. Entries are 4-tuples: gr_name, gr_passwd, gr_gid, gr_mem.
"""

import os

from wasocket import arguments, identity
from wasocket.struct_sequence import define

struct_group = define(
    "grp.struct_group",
    {"gr_name": "group name", "gr_passwd": "password", "gr_gid": "group id", "gr_mem": "group members"},
    "grp.struct_group: Results from getgr*() routines.",
)


def _group():
    """A new entry each time, since its list could be changed."""
    return struct_group((identity.NAME, "x", identity.GROUP, []))


def getgrgid(id):
    """Return the group database entry for the given numeric group ID."""
    number = arguments.identity(id, "gid")
    if number != identity.GROUP:
        raise KeyError(f"getgrgid(): gid not found: {number}")
    return _group()


def getgrnam(name):
    """Return the group database entry for the given group name."""
    if not isinstance(name, str):
        raise TypeError(f"getgrnam() argument 'name' must be str, not {type(name).__name__}")
    if b"\0" in os.fsencode(name):
        raise ValueError("embedded null byte")
    if name != identity.NAME:
        raise KeyError(f"getgrnam(): name not found: {name!r}")
    return _group()


def getgrall():
    """Return a list of all available group entries, in arbitrary order."""
    return [_group()]
