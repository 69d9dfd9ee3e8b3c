"""Calls a function when a module is imported for the first time.

No module is imported that the program does not import itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

Patch = Callable[[ModuleType], None]


def call(name: str, patch: Patch) -> None:
    """Call `patch` with the module `name`: now if it has been imported, else once it is."""
    if name in sys.modules:
        patch(sys.modules[name])
        return
    if _waiting not in sys.meta_path:
        sys.meta_path.insert(0, _waiting)
    _waiting.patches[name] = patch


class _Waiting:
    """A meta path finder that finds nothing itself, and patches what others find."""

    def __init__(self) -> None:
        self.patches: dict[str, Patch] = {}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """What the other finders find, made to be patched after it ran."""
        patch = self.patches.pop(name, None)
        if patch is None:
            return None
        if not self.patches:
            sys.meta_path.remove(self)
        for finder in sys.meta_path:
            spec = finder.find_spec(name, path, target) if finder is not self else None
            if spec is not None:
                _patch_after(spec, patch)
                return spec
        return None


def _patch_after(spec: ModuleSpec, patch: Patch) -> None:
    """Make the spec's loader, which serves this one module, call `patch` at its end."""
    loader = spec.loader
    if loader is None:
        return
    execute = loader.exec_module

    def exec_module(module: ModuleType) -> None:
        del loader.exec_module
        execute(module)
        patch(module)

    loader.exec_module = exec_module  # type: ignore[method-assign]


_waiting = _Waiting()
