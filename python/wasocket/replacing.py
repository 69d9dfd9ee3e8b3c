"""Puts a function in the place of one that `os` has."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any


def replace(name: str, function: Callable[..., Any]) -> None:
    """Have `os` hold this function, also in its sets of functions that take descriptors, do not follow links and so on."""
    original = getattr(os, name)
    for able in (os.supports_dir_fd, os.supports_effective_ids, os.supports_fd, os.supports_follow_symlinks):
        if original in able:
            able.discard(original)
            able.add(function)
    setattr(os, name, function)
