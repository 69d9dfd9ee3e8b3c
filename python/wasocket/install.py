"""Puts our `_socket`, `select` and `_ssl` where Python looks for its own."""

from __future__ import annotations

import sys

import encodings.idna  # `_socket.getaddrinfo()` uses it, and a component may be unable to import at run time

import _wasocket

from . import asyncio_hooks, descriptors, error_numbers, executors, files, hashing, on_import, paths, sleep
from . import system, threads, tls

#: Modules of the standard library that keep what they once found in `_socket` and `select`.
DEPENDENT = ("socket", "selectors", "asyncio", "socketserver", "concurrent.futures.thread")


def install() -> None:
    """Make Python's network modules use our sockets. Again is the same as once."""
    if sys.modules.get("_socket") is _wasocket.socket_module:
        return
    if "_wasocket" in sys.builtin_module_names:
        import _socket, select  # ours, in an interpreter that is linked with them
    sys.modules["_socket"] = _wasocket.socket_module
    sys.modules["select"] = _wasocket.select_module
    sys.modules["_ssl"] = tls.make_module()
    _forget_dependent()
    error_numbers.install()
    descriptors.install()
    paths.install()
    files.install()
    sleep.install()
    system.install()
    on_import.call("asyncio.selector_events", asyncio_hooks.patch_selector_events)
    on_import.call("hashlib", hashing.patch_hashlib)
    if not _wasocket.HAS_THREADS:
        _do_without_threads()


def _do_without_threads() -> None:
    """Have what would start a thread, or wait for one, do what it can without."""
    on_import.call("anyio._backends._asyncio", executors.patch_anyio)
    on_import.call("asyncio.base_events", asyncio_hooks.patch_base_events)
    on_import.call("concurrent.futures._base", executors.patch_base)
    on_import.call("concurrent.futures.thread", executors.patch_thread)
    on_import.call("queue", threads.patch_queue)
    on_import.call("socketserver", threads.patch_socketserver)
    on_import.call("threading", threads.patch_threading)
    on_import.call("twisted._threads._threadworker", executors.patch_twisted)


def _forget_dependent() -> None:
    """Have modules that were made with the interpreter's own sockets imported anew."""
    for name in list(sys.modules):
        if any(name == dependent or name.startswith(dependent + ".") for dependent in DEPENDENT):
            del sys.modules[name]
