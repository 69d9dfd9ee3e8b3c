"""`concurrent.futures.ThreadPoolExecutor` without threads: work is done when it is submitted."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


def patch(thread: ModuleType) -> None:
    """Replace what starts threads in `concurrent.futures.thread`."""
    executor = thread.ThreadPoolExecutor
    executor._adjust_thread_count = _work_inline(thread)


def _work_inline(thread: ModuleType) -> Callable[[Any], None]:
    """A method that does the queued work, instead of one that sees to it that a thread does."""

    def method(self: Any) -> None:
        item = self._work_queue.get_nowait()
        self._shutdown_lock.release()
        thread._global_shutdown_lock.release()
        try:
            if context := _worker_context(self, thread, item):
                with _outside_of_the_loop():
                    item.run(context)
        finally:
            self._shutdown_lock.acquire()
            thread._global_shutdown_lock.acquire()

    return method


def _worker_context(executor: Any, thread: ModuleType, item: Any) -> Any:
    """The one worker's context, initialized at its first use; None if that fails."""
    try:
        return executor._inline_context
    except AttributeError:
        context = executor._create_worker_context()
    try:
        context.initialize()
    except BaseException:
        thread._base.LOGGER.critical("Exception in initializer:", exc_info=True)
        executor._broken = "A thread initializer failed, the thread pool is not usable anymore"
        item.future.set_exception(executor.BROKEN(executor._broken))
        return None
    executor._inline_context = context
    return context


@contextmanager
def _outside_of_the_loop() -> Iterator[None]:
    """What runs in a thread of its own sees no running loop, and may run another one."""
    events = sys.modules.get("asyncio.events")
    loop = events._get_running_loop() if events is not None else None
    if events is None or loop is None:
        yield
        return
    from asyncio.tasks import _swap_current_task

    task = _swap_current_task(loop, None)
    events._set_running_loop(None)
    try:
        yield
    finally:
        events._set_running_loop(loop)
        _swap_current_task(loop, task)
