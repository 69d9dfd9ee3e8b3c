"""The Python interpreter as a component: world `interpreter` of `wit/runner`.

Build it with componentize-py, in the root of the repository::

    componentize-py -d wit/runner -w interpreter componentize wasocket_interpreter \\
        -p python/runner -p python -p EXTENSION_FOLDER -o interpreter.wasm

where EXTENSION_FOLDER holds `_wasocket.cpython-314-wasm32-wasi.so`. The
`python3` that is first on PATH should be one without packages, such as a
private virtual environment's: componentize-py adds its site-packages.

componentize-py runs this module once while it builds and keeps the memory
that results; `Run.run` is called in that memory, once for each run.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

import wasocket  # before anything else can import `socket`

import archive
import preloaded
from wasocket import finalize, finder, program
from wasocket.preloaded_store import PreloadedStore
from wasocket.tree import Tree
from wit_world import exports
from wit_world.imports import program as provider

#: Where the standard library appears to be.
LIBRARY_PATH = f"{sys.prefix}/lib/python{sys.version_info.major}.{sys.version_info.minor}"
#: Where componentize-py has it while it builds, and our package beside it, with their names in the library.
FOLDERS = {"/python": "", os.path.dirname(wasocket.__file__): "wasocket/"}
LIBRARY = archive.collect(FOLDERS, LIBRARY_PATH)
#: The exit status of a fault of our own (EX_SOFTWARE of sysexits.h).
INTERNAL_ERROR = 70
#: The modules that are imported already but that the program has yet to ask for.
STORE = PreloadedStore(LIBRARY_PATH)


_end = os._exit


class Run(exports.Run):
    """`wasi:cli/run`."""

    def run(self) -> None:
        """Run the program and end with its status."""
        status = _run()
        if status != 0:
            _exit(status)


def _run() -> int:
    """The program's exit status. A fault of our own is one, too: nothing may leave `run`."""
    try:
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
    given = provider.get_settings()
    kind = type(given.main).__name__.partition("_")[2].lower()
    names = provider.list_files()
    files = Tree(program.EMBEDDED_ROOT, names, provider.read_file) if names else None
    return program.Settings(kind, given.main.value, given.arguments, given.python_path, given.coalesce, files)


def _prepare_interpreter() -> None:
    """Set what the program sees of the interpreter."""
    finder.install(LIBRARY, STORE)
    sys.path[:] = [LIBRARY_PATH]
    os._exit = _exit
    sys.executable = sys._base_executable = f"{sys.prefix}/bin/python3"


_prepare_interpreter()
MODULES = preloaded.load(LIBRARY, FOLDERS)
STORE.hide(MODULES)
STORE.relate()
for build_module in ("archive", "preloaded"):
    del sys.modules[build_module]
preloaded.freeze()
