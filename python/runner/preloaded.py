"""Modules that are imported while the component is built, to be there at once when a program asks.

They are hidden: a program sees a module only when it imports it, and its own
modules come first, as natively. What a module keeps from the moment of its
import is renewed at the start of each run.
"""

from __future__ import annotations

import _imp
import gc
import importlib
import sys
from collections.abc import Iterator
from types import FunctionType, ModuleType

from wasocket import finder
from wasocket.tree import Tree

#: What programs with sockets import most. None of them keeps the environment, the time or random numbers from
#: when it is imported, but for those in `renew`.
MODULES = (
    "argparse", "asyncio", "base64", "collections.abc", "concurrent.futures.thread", "contextlib", "dataclasses",
    "datetime", "encodings.idna", "hashlib", "heapq", "hmac", "http.client", "json", "linecache", "logging", "math",
    "pathlib", "queue", "random", "runpy", "secrets", "selectors", "shutil", "signal", "socket", "socketserver",
    "string", "struct", "subprocess", "tempfile", "textwrap", "threading", "traceback", "typing", "urllib.parse",
    "urllib.request", "zlib",
)  # fmt: skip

#: What native Python has in `sys.modules` before a script's first line, besides builtin modules.
ALWAYS = frozenset({
    "__main__", "_collections_abc", "_sitebuiltins", "abc", "builtins", "codecs", "encodings", "encodings.aliases",
    "encodings.utf_8", "genericpath", "io", "os", "os.path", "posixpath", "site", "stat", "sys", "importlib",
    "importlib._bootstrap", "importlib._bootstrap_external", "importlib.machinery", "zipimport",
})  # fmt: skip
#: CPython takes frames of its import system out of tracebacks, by these names.
IMPORT_SYSTEM = {
    "wasocket/finder.py": "<frozen importlib._bootstrap_external>",
    "wasocket/preloaded_store.py": "<frozen importlib._bootstrap_external>",
}
#: What carries the interpreter itself and has names that no program uses.
OWN = ("_wasocket", "wasocket")


def load(library: Tree) -> dict[str, ModuleType]:
    """Import the modules; every module of the library but those that native Python starts with."""
    for name in MODULES:
        importlib.import_module(name)
    _rename_code(library)
    return {name: module for name, module in list(sys.modules.items()) if _adopt(name, library) and not _stays(name)}


def files_of(modules: dict[str, ModuleType], library: Tree) -> Iterator[str]:
    """The names in the library of what has been imported."""
    return (file for name in modules if (file := _file_in(library, name)))


def freeze() -> None:
    """Spare garbage collections the walk over what stays for ever anyway."""
    gc.collect()
    gc.freeze()


def renew(modules: dict[str, ModuleType]) -> None:
    """Give this run its own random numbers and times."""
    import time

    modules["random"].seed()
    modules["logging"]._startTime = time.time_ns()


def _stays(name: str) -> bool:
    return name in ALWAYS or name.startswith(OWN) or name in sys.builtin_module_names


def _adopt(name: str, library: Tree) -> bool:
    """Make a module of the library say that it came from the tree; whether it is one."""
    module = sys.modules[name]
    if module.__spec__ is None or not (file := _file_in(library, name)):
        return False
    loader = finder.TreeLoader(library, name, file)
    spec = module.__spec__
    module.__loader__ = spec.loader = loader
    module.__file__ = spec.origin = loader.path
    if spec.submodule_search_locations is not None:
        module.__path__ = spec.submodule_search_locations = [loader.path.rpartition("/")[0]]
    spec.cached = None
    module.__dict__.pop("__cached__", None)
    return True


def _file_in(library: Tree, name: str) -> str | None:
    """The name in the library of a module's source."""
    stem = name.replace(".", "/")
    return next((file for file in (f"{stem}/__init__.py", f"{stem}.py") if file in library.files), None)


def _rename_code(library: Tree) -> None:
    """Give our part of the import system the name that CPython's has."""
    names = {library.path_of(name): shown for name, shown in IMPORT_SYSTEM.items()}
    for function in gc.get_objects():
        if isinstance(function, FunctionType) and function.__code__.co_filename in names:
            _imp._fix_co_filename(function.__code__, names[function.__code__.co_filename])
