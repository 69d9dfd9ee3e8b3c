"""A program without other threads: waiting for one raises an exception, and servers serve connections in turn.

`threading.Thread.start()` needs no help: it raises the RuntimeError "can't
start new thread" by itself. But waiting for a lock that is never released
would end the whole component.
"""

from __future__ import annotations

import time
from types import ModuleType
from typing import Any

#: What a wait without an end raises.
DEADLOCK = "there is only one thread here, so nothing could end this wait"


def patch_threading(threading: ModuleType) -> None:
    """Make `Condition.wait()`, and with it events, queues and futures, neither spin nor hang."""
    threading.Condition.wait = _condition_wait


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
