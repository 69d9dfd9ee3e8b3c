"""Finalization: everything between the last line of a program and its exit status."""

from __future__ import annotations

import atexit
import gc
import sys
import weakref
from collections.abc import Callable
from types import ModuleType, TracebackType
from typing import Any, TypeGuard

import _wasocket

from .streams import flush_standard_streams

#: The status of a program that an exception ended.
FAILURE = 1
#: The status when standard output could not be written at the end.
UNWRITTEN = 120
#: The status of a program that Ctrl-C ended, as a shell shows it.
INTERRUPTED = 130


#: How many seconds the end of a program waits for peers that read nothing.
DRAIN_PATIENCE = 5.0


def status_of(error: BaseException | None) -> int:
    """Report how the program ended and give its exit status."""
    if error is None:
        return 0
    if isinstance(error, SystemExit):
        return _exit_status(error.code)
    try:
        _show(error)
    except SystemExit as from_hook:
        return _exit_status(from_hook.code)
    return INTERRUPTED if isinstance(error, KeyboardInterrupt) else FAILURE


def finish(status: int, kept: Callable[[str], bool]) -> int:
    """Do what a program can see of `Py_Finalize`; the final status.

    `kept` says by its name which module is not the program's.
    """
    _call("threading", "_shutdown")
    atexit._run_exitfuncs()
    # A daemon thread may hold the lock of a stream: it goes on until it lets go of it.
    _wasocket.hold_threads()
    complete = flush_standard_streams()
    _wasocket.hold_threads()
    _end_modules(kept)
    complete = flush_standard_streams(report=complete) and complete
    _wasocket.stop_threads()
    return status if complete else UNWRITTEN


def leave_network() -> None:
    """Let written bytes leave. Natively, the system sends them after the program's end."""
    _wasocket.drain(DRAIN_PATIENCE)


def without_own_frames(traceback: TracebackType | None, own: Callable[..., object]) -> TracebackType | None:
    """The traceback without its outermost frames that are in the file of the function `own`."""
    while traceback is not None and traceback.tb_frame.f_code.co_filename == own.__code__.co_filename:
        traceback = traceback.tb_next
    return traceback


def is_module(value: object) -> TypeGuard[ModuleType]:
    """Whether something in `sys.modules` is a module; asks nothing that the program has written."""
    return issubclass(type(value), ModuleType)


def namespace_of(module: ModuleType) -> dict[str, Any]:
    """The names of a module, whatever its class makes of attributes."""
    return _module_dict(module)


_module_dict = ModuleType.__dict__["__dict__"].__get__


def _show(error: BaseException) -> None:
    """Call `sys.excepthook` as native Python does for an unhandled exception."""
    sys.last_exc = sys.last_value = error
    sys.last_type, sys.last_traceback = type(error), error.__traceback__
    try:
        sys.excepthook(type(error), error, error.__traceback__)
    except SystemExit:
        raise
    except BaseException as failure:
        print("Error in sys.excepthook:", file=sys.stderr)
        inner = without_own_frames(failure.__traceback__, _show)
        sys.__excepthook__(type(failure), failure.with_traceback(inner), inner)
        print("\nOriginal exception was:", file=sys.stderr)
        sys.__excepthook__(type(error), error, error.__traceback__)


def _exit_status(code: object) -> int:
    """The exit status that `sys.exit(code)` means."""
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    if sys.stderr is not None:
        print(code, file=sys.stderr)
    return FAILURE


def _call(module: str, function: str) -> None:
    """Call a function of a module, if the program has imported the module."""
    if module in sys.modules:
        try:
            getattr(sys.modules[module], function)()
        except BaseException as error:
            _show(error)


def _end_modules(kept: Callable[[str], bool]) -> None:
    """Let go of the program's objects, so that its files are flushed and `__del__` is called."""
    sys.last_exc = sys.last_type = sys.last_value = sys.last_traceback = None
    names = [name for name in sys.modules if not kept(name)]
    names.sort(key=lambda name: name != "__main__")
    alive = [weakref.ref(module) for name in names if is_module(module := sys.modules[name])]
    module = None
    for name in names:
        sys.modules[name] = None  # type: ignore[assignment]  # as native Python does
        if name == "__main__":
            gc.collect()
    gc.collect()
    for reference in reversed(alive):
        if (module := reference()) is not None:
            _clear(module)
    module = None
    gc.collect()


def _clear(module: ModuleType) -> None:
    """Set the module's names to None: those with one underscore first."""
    namespace = namespace_of(module)
    for private in (True, False):
        for name in [name for name in namespace if _is_private(name) is private and name != "__builtins__"]:
            namespace[name] = None


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")
