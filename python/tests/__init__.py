"""Tests of what is plain Python in `wasocket`, run by native Python.

`python3 -m unittest discover --start-directory tests --top-level-directory .` in the folder above.
"""

import sys
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).resolve().parent.parent


def _package_without_extension() -> None:
    """Make submodules importable where the extension, which is WebAssembly, is not."""
    package = ModuleType("wasocket")
    package.__path__ = [str(FOLDER / "wasocket")]
    sys.modules.setdefault("wasocket", package)


_package_without_extension()
