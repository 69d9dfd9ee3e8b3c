"""Preloaded modules: they are imported already, and hidden until the program imports them.

Importing the network's share of the standard library takes longer than most
scripts run. The interpreter component does it while it is built.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from types import ModuleType


class PreloadedStore:
    """A store of modules, each to be taken out when it is imported."""

    def __init__(self, library: str) -> None:
        """`library` is the `sys.path` entry that the modules come from."""
        self.modules: dict[str, ModuleType] = {}
        self._library = library
        self._companions: dict[str, frozenset[str]] = {}
        self._shadows: tuple[list[str], frozenset[str]] = ([], frozenset())

    def hide(self, modules: dict[str, ModuleType]) -> None:
        """Take the modules out of `sys.modules`."""
        for name in modules:
            sys.modules.pop(name, None)
        self.modules.update(modules)

    def relate(self) -> None:
        """Work out which modules each one had imported, to spare programs the time."""
        direct = {name: frozenset(self._imported_by(module)) for name, module in self.modules.items()}
        self._companions = {name: _closure(name, direct) for name in direct}

    def reveal(self, name: str, module: ModuleType) -> bool:
        """Take a module out, and into `sys.modules` those that it imported; whether it was hidden."""
        if self.modules.pop(name, None) is not module:
            return False
        shadowed = self._shadowed()
        for companion in self._companions.get(name, ()):
            if companion in self.modules and companion.partition(".")[0] not in shadowed:
                sys.modules.setdefault(companion, self.modules.pop(companion))
        return True

    def _shadowed(self) -> frozenset[str]:
        """Names that folders ahead of the library have modules for: the program's own win, as natively."""
        ahead = sys.path[: sys.path.index(self._library)] if self._library in sys.path else sys.path
        if self._shadows[0] != ahead:
            self._shadows = (list(ahead), frozenset(name for folder in ahead for name in _modules_in(folder)))
        return self._shadows[1]

    def _imported_by(self, module: ModuleType) -> Iterator[str]:
        """The hidden modules that a module's names come from.

        A package shows modules of its own that others have imported; those are not what it imports.
        """
        own = module.__name__ + "."
        for value in list(vars(module).values()):
            is_module = isinstance(value, ModuleType)
            origin = value.__name__ if is_module else getattr(value, "__module__", None)
            if isinstance(origin, str) and origin in self.modules and not (is_module and origin.startswith(own)):
                yield origin
        parent = module.__name__.rpartition(".")[0]
        if parent in self.modules:
            yield parent


def _closure(name: str, direct: dict[str, frozenset[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = direct[waiting.pop()] - found
        found |= new
        waiting.extend(new)
    return frozenset(found - {name})


def _modules_in(folder: str) -> Iterator[str]:
    try:
        entries = os.listdir(folder or ".")
    except OSError:
        return
    for entry in entries:
        yield entry.partition(".")[0]
