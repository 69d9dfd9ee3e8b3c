"""The Python interpreter as a component with the sockets that componentize-py has built in: what ours are compared with.

It is asked for its program as ours is (world `interpreter` of `wit/runner`), and runs scripts alone.
"""

from __future__ import annotations

import encodings.idna  # the search for encodings does not work any more when the component runs
import importlib.util
import os
import runpy
import sys
import traceback
from types import ModuleType

# The package as a mere folder: to import it would put our sockets in place.
_spec = importlib.util.find_spec("wasocket")
assert _spec is not None and _spec.submodule_search_locations is not None
_package = ModuleType("wasocket")
_package.__path__ = list(_spec.submodule_search_locations)
sys.modules["wasocket"] = _package

import collected  # noqa: E402
from wasocket import finder  # noqa: E402
from wit_world import exports  # noqa: E402
from wit_world.imports import program as provider  # noqa: E402

LIBRARY_PATH = f"{sys.prefix}/lib/python{sys.version_info.major}.{sys.version_info.minor}"
LIBRARY = collected.collect("/python", LIBRARY_PATH)


class Run(exports.Run):
    """`wasi:cli/run`."""

    def run(self) -> None:
        """Run the script and end with its status."""
        status = 0
        try:
            _run()
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        except BaseException:
            traceback.print_exc()
            status = 1
        sys.stdout.flush()
        if status & 0xFF:
            provider.exit(status & 0xFF)


def _run() -> None:
    settings = provider.get_settings()
    script = settings.main.value
    sys.stdin = open(0, closefd=False)
    sys.stdout = open(1, "w", closefd=False)
    sys.stderr = open(2, "w", closefd=False, errors="backslashreplace", buffering=1)
    os.chdir(os.environ.get("PWD", "/"))
    sys.argv = list(settings.arguments)
    sys.path[:] = [os.path.dirname(script), *settings.python_path, LIBRARY_PATH]
    runpy.run_path(script, run_name="__main__")


finder.install(LIBRARY)
sys.path[:] = [LIBRARY_PATH]
