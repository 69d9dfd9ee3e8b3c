"""The Python interpreter as a component: world `interpreter` of `wit/runner`.

The interpreter imports this module once while the component is built, with
the standard library where it seems to be later, and the memory that results becomes the
component's. `run()` is called in that memory, once for each run.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import _wasocket_program as provider

import wasocket  # before anything else can import `socket`

import archive
import preloaded
from wasocket import finalize, finder, program
from wasocket.preloaded_store import PreloadedStore
from wasocket.tree import Tree

#: Where the standard library appears to be.
LIBRARY_PATH = f"{sys.prefix}/lib/python{sys.version_info.major}.{sys.version_info.minor}"
LIBRARY = archive.Library("/build/library/archive", LIBRARY_PATH)
#: The exit status of a fault of our own (EX_SOFTWARE of sysexits.h).
INTERNAL_ERROR = 70
#: The modules that are imported already but that the program has yet to ask for.
STORE = PreloadedStore(LIBRARY_PATH)


_end = os._exit


def run() -> None:
    """Run the program and end with its status."""
    status = _run()
    if status != 0:
        _exit(status)


def _run() -> int:
    """The program's exit status. A fault of our own is one, too: nothing may leave `run`."""
    try:
        os.reload_environ()
        STORE.hide(MODULES)
        preloaded.renew(MODULES)
        return program.run(_settings(), LIBRARY_PATH)
    except BaseException:
        sys.__excepthook__(*sys.exc_info())
        sys.stderr.flush()
        return INTERNAL_ERROR


def _exit(status: int) -> NoReturn:
    """`os._exit()`, with the exact status where the provider can pass it on."""
    finalize.leave_network()
    if status & 0xFF:
        provider.exit(status & 0xFF)
    _end(status & 0xFF)


def _settings() -> program.Settings:
    """What the provider wants to be run."""
    kind, main, arguments, python_path, coalesce = provider.get_settings()
    names = provider.list_files()
    files = Tree(program.EMBEDDED_ROOT, names, provider.read_file) if names else None
    return program.Settings(kind, main, arguments, python_path, coalesce, files)


def _prepare_interpreter() -> None:
    """Set what the program sees of the interpreter."""
    finder.install(LIBRARY, STORE)
    sys.path[:] = [LIBRARY_PATH]
    os._exit = _exit
    sys.executable = sys._base_executable = f"{sys.prefix}/bin/python3"


_prepare_interpreter()
MODULES = preloaded.load(LIBRARY)
LIBRARY.forget_code(preloaded.files_of(MODULES, LIBRARY))
STORE.hide(MODULES)
STORE.relate()
for build_module in ("archive", "preloaded"):
    del sys.modules[build_module]
preloaded.freeze()
