"""Buffers that a program gives. They are looked at within a `with`: an exception holds the frames that it passed, and what
their variables hold of a buffer, so that the program could not resize it any more."""

from __future__ import annotations


def octets(view: memoryview) -> memoryview:
    """The bytes that a view shows, one after the other; to be released as well."""
    return view.cast("B") if view.nbytes else memoryview(b"")
