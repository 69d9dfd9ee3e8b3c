"""A program without other threads: waiting for one raises an exception, and servers serve connections in turn.

`threading.Thread.start()` raises the RuntimeError "can't start new thread" by
itself. Only a thread that is joined at once, in the next expression, runs: then
nobody can tell. Waiting for a lock that is never released would end the whole
component.
"""

from __future__ import annotations

import _thread
import sys
import time
from types import FrameType, MethodType, ModuleType
from typing import Any

#: What a wait without an end raises.
DEADLOCK = "there is only one thread here, so nothing could end this wait"
#: Instructions that do nothing.
NOTHING = frozenset({"CACHE", "EXTENDED_ARG", "NOP", "PUSH_NULL"})
#: Those that load the two methods.
START, JOIN = ("LOAD_ATTR", "start"), ("LOAD_ATTR", "join")
#: Those that load a variable.
LOADS = frozenset({
    "LOAD_DEREF", "LOAD_FAST", "LOAD_FAST_BORROW", "LOAD_FAST_CHECK", "LOAD_GLOBAL", "LOAD_NAME",
})  # fmt: skip


def patch_threading(threading: ModuleType) -> None:
    """Make `Condition.wait()`, and with it events, queues and futures, neither spin nor hang."""
    threading.Condition.wait = _condition_wait
    start = threading._start_joinable_thread

    def start_joinable_thread(function: MethodType, handle: Any, daemon: bool) -> Any:
        if not _joins_next(sys._getframe(2)):
            return start(function, handle=handle, daemon=daemon)
        ident = threading.get_ident()
        caller = threading._active.get(ident)
        try:
            function()
        finally:
            if caller is not None:
                threading._active[ident] = caller
        _replace(function.__self__, handle, _handle_of_what_has_ended(ident))

    threading._start_joinable_thread = start_joinable_thread


def _handle_of_what_has_ended(ident: int) -> Any:
    handle = _thread._make_thread_handle(ident)
    handle._set_done()
    return handle


def _replace(thread: Any, old: Any, new: Any) -> None:
    """Give a thread another handle: one that was never started cannot have ended."""
    for name, value in list(vars(thread).items()):
        if value is old:
            setattr(thread, name, new)


def _joins_next(frame: FrameType) -> bool:
    """Whether the code that calls `THREAD.start()` calls `THREAD.join()` next, as in `thread.start(); thread.join()`."""
    import dis

    parts = [part for part in dis.get_instructions(frame.f_code) if part.opname not in NOTHING]
    here = next((place for place, part in enumerate(parts) if part.offset == frame.f_lasti), 0)
    before, after = [_load(part) for part in parts[:here]], [_load(part) for part in parts[here + 1 :]]
    if JOIN not in after:
        return False
    thread = after[1 : after.index(JOIN)]
    start_it, join_it = [*thread, START], [("POP_TOP", None), *thread, JOIN, ("CALL", 0)]
    is_only_loaded = bool(thread) and all(name in ("LOAD", "LOAD_ATTR") for name, _ in thread)
    return is_only_loaded and before[-len(start_it) :] == start_it and after[: len(join_it)] == join_it


def _load(part: Any) -> tuple[str, Any]:
    """An instruction, with one name for all that load a variable: compilers distinguish them by what comes before."""
    if part.opname == "STORE_FAST_LOAD_FAST":
        return "LOAD", part.argval[1]
    return "LOAD" if part.opname in LOADS else part.opname, part.argval


def patch_queue(queue: ModuleType) -> None:
    """Use the `SimpleQueue` that waits by means of `threading`."""
    queue.SimpleQueue = queue._PySimpleQueue


def patch_socketserver(socketserver: ModuleType) -> None:
    """Make `ThreadingMixIn` serve each connection to its end before the next one."""
    mix_in = socketserver.ThreadingMixIn

    def shutdown(self: Any) -> None:
        """Stop `serve_forever()`. A handler that asks for it does not wait for the end, which is after it."""
        if getattr(self, "_serving", 0):
            self._BaseServer__shutdown_request = True
        else:
            super(mix_in, self).shutdown()

    mix_in.process_request = _process_request
    mix_in.shutdown = shutdown


def _condition_wait(self: Any, timeout: float | None = None) -> bool:
    """Wait until notified or until a timeout occurs: here, the whole timeout."""
    if not self._is_owned():
        raise RuntimeError("cannot wait on un-acquired lock")
    if timeout is None:
        raise RuntimeError(DEADLOCK)
    if timeout > 0:
        time.sleep(timeout)
    return False


def _process_request(self: Any, request: Any, client_address: Any) -> None:
    """Serve the request now, for want of a thread that would. What ends the handler ends no more than its thread."""
    from threading import Thread  # the program's own, which may not be imported before `install()`

    thread = Thread(target=self.process_request_thread, args=(request, client_address), daemon=self.daemon_threads)
    self._serving = getattr(self, "_serving", 0) + 1
    try:
        thread.run()
    except BaseException:
        thread._invoke_excepthook(thread)
    finally:
        self._serving -= 1
