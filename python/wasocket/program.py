"""Runs the program that the interpreter component is given.

`wit/runner/runner.wit` says where its settings and its files come from.
"""

from __future__ import annotations

import builtins
import os
import sys
from dataclasses import dataclass, field
from typing import Any, Literal

import _wasocket

from . import finalize, finder
from .sleep import restart_process_time
from .streams import flush_standard_streams, open_standard_streams
from .tree import Tree

#: Where embedded files appear to be.
EMBEDDED_ROOT = "/app"
#: The status of a program that cannot be opened.
NOT_FOUND = 2


@dataclass
class Settings:
    """The settings of `wit/runner/runner.wit`, with the embedded files."""

    kind: Literal["script", "code", "module", "embedded"]
    main: str
    arguments: list[str]
    python_path: list[str] = field(default_factory=list)
    coalesce: bool = False
    files: Tree | None = None


def run(settings: Settings, library: str) -> int:
    """Run the program as `__main__`; its exit status.

    `library` is the folder of the standard library.
    """
    open_standard_streams()
    restart_process_time()
    _wasocket.set_coalescing(settings.coalesce)
    _change_folder()
    sys.argv = list(settings.arguments)
    sys.orig_argv = [sys.executable, *settings.arguments]
    before = frozenset(sys.modules) - {"__main__"}
    status = _run(settings, library)
    status = finalize.finish(status, lambda name: name in before or _is_below(library, name))
    finalize.leave_network()
    return status


def _run(settings: Settings, library: str) -> int:
    sys.path[:] = [*settings.python_path, library]
    if settings.files is not None:
        finder.install(settings.files)
    start = {"script": _script, "code": _code, "module": _module, "embedded": _embedded}[settings.kind]
    try:
        start(settings)
    except BaseException as error:
        trimmed = error.with_traceback(finalize.without_own_frames(error.__traceback__, _run))
        return finalize.status_of(trimmed)
    return 0


def _change_folder() -> None:
    """Start in the folder that the host names, as a shell would."""
    try:
        os.chdir(os.environ.get("PWD", "/"))
    except OSError:
        pass  # the program may not see that folder


def _is_below(folder: str, name: str) -> bool:
    """Whether a module's file is in that folder. What a program has put in the place of a module runs no code for that."""
    module = sys.modules[name]
    file = finalize.namespace_of(module).get("__file__") if finalize.is_module(module) else None
    return type(file) is str and file.startswith(folder + "/")


def _script(settings: Settings) -> None:
    """`python SCRIPT`: a file, a folder or a zip file."""
    path = settings.main
    if os.path.isdir(path) or path.endswith((".zip", ".pyz")):
        sys.path.insert(0, path)
        return _run_module("__main__", alter_argv=False)
    try:
        with open(path, "rb") as file:
            source = file.read()
    except OSError as error:
        sys.exit(_cannot_open(path, error))
    from importlib.machinery import SourceFileLoader

    sys.path.insert(0, os.path.dirname(path))
    _execute(source, path, SourceFileLoader("__main__", path))


def _embedded(settings: Settings) -> None:
    """A script among the embedded files."""
    files = settings.files
    if files is None or settings.main not in files.files:
        raise ImportError(f"{settings.main!r} is not among the embedded files")
    loader = finder.TreeLoader(files, "__main__", settings.main)
    sys.path.insert(0, os.path.dirname(loader.path))
    _execute(files.read(settings.main), loader.path, loader)


def _code(settings: Settings) -> None:
    """`python -c CODE`."""
    sys.path.insert(0, "")
    main = _new_main(builtins.__spec__.loader)
    code = compile(settings.main, "<string>", "exec", dont_inherit=True)
    import linecache

    linecache._register_code(code, settings.main, "<string>")
    exec(code, main)


def _module(settings: Settings) -> None:
    """`python -m MODULE`."""
    sys.path.insert(0, os.getcwd())
    _run_module(settings.main, alter_argv=True)


def _run_module(name: str, alter_argv: bool) -> None:
    _new_main(None)
    import runpy

    runpy._run_module_as_main(name, alter_argv)


def _execute(source: bytes, path: str, loader: Any) -> None:
    """Run a script's source in a fresh `__main__`."""
    main = _new_main(loader)
    main["__file__"] = path
    main["__cached__"] = None
    try:
        exec(compile(source, path, "exec", dont_inherit=True), main)
    finally:
        flush_standard_streams(report=False)


def _new_main(loader: Any) -> dict[str, Any]:
    """Put an empty `__main__` in `sys.modules`; its namespace."""
    module = type(sys)("__main__")
    module.__loader__ = loader
    module.__dict__["__builtins__"] = builtins
    sys.modules["__main__"] = module
    return module.__dict__


def _cannot_open(path: str, error: OSError) -> int:
    """Say that the script cannot be opened; the exit status."""
    reason = f"[Errno {error.errno}] {error.strerror}"
    print(f"{sys.executable}: can't open file {path!r}: {reason}", file=sys.stderr)
    return NOT_FOUND
