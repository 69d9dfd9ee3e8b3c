"""Pools of threads without threads, `concurrent.futures`', anyio's and twisted's: work is done when it is submitted."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

#: What a job gets that waits for a future which can only be done after the job.
HOPELESS = "this job runs inside the call that submitted it, so what it waits for cannot be done before the job ends"

#: How many jobs are running, one inside the other.
_running = 0


def patch_thread(thread: ModuleType) -> None:
    """Replace what starts threads in `concurrent.futures.thread`."""
    thread.ThreadPoolExecutor._adjust_thread_count = _work_inline(thread)


def patch_base(base: ModuleType) -> None:
    """Make a job that waits for its own loop, or for a job after it, fail at once."""
    future = base.Future
    finished = (base.CANCELLED, base.CANCELLED_AND_NOTIFIED, base.FINISHED)
    for name in ("result", "exception"):
        setattr(future, name, _refusing(getattr(future, name), finished))


def patch_anyio(backend: ModuleType) -> None:
    """Have the workers of `anyio.to_thread.run_sync()` work where they are handed something."""
    worker = backend.WorkerThread
    prepare = worker.__init__

    @functools.wraps(prepare)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        prepare(self, *args, **kwargs)
        self.queue = _Handed(self, backend.threadlocals)

    def start(self: Any) -> None:
        """Nothing runs yet."""

    worker.__init__, worker.start = __init__, start


class _Handed:
    """The queue of a worker of anyio's, which lives for one item at a time."""

    def __init__(self, worker: Any, locals: Any) -> None:
        self._worker, self._locals = worker, locals
        self._items: list[Any] = []

    def put_nowait(self, item: Any) -> None:
        """Have the worker work on it. `None` tells it to end, as it has already."""
        if item is not None:
            self._items = [None, item]
            with _job(), _fresh(vars(self._locals)):
                self._worker.run()

    def get(self) -> Any:
        return self._items.pop()

    def task_done(self) -> None:
        pass


def patch_twisted(workers: ModuleType) -> None:
    """Have twisted's pool of threads, which `deferToThread()` uses, do its work where it is given some."""

    def __init__(self: Any, startThread: Callable[..., Any], queue: Any) -> None:
        self._hasQuit = workers.Quit()

    def do(self: Any, task: Callable[[], None]) -> None:
        self._hasQuit.check()
        with _job():
            task()

    def quit(self: Any) -> None:
        self._hasQuit.set()

    for method in (__init__, do, quit):
        setattr(workers.ThreadWorker, method.__name__, method)


def _refusing(wait: Callable[..., Any], finished: tuple[str, ...]) -> Callable[..., Any]:
    @functools.wraps(wait)
    def method(self: Any, timeout: float | None = None) -> Any:
        if _running and self._state not in finished and (timeout is None or timeout > 0):
            raise RuntimeError(HOPELESS)
        return wait(self, timeout)

    return method


def _work_inline(thread: ModuleType) -> Callable[[Any], None]:
    """A method that does the queued work, instead of one that sees to it that a thread does."""

    def method(self: Any) -> None:
        item = self._work_queue.get_nowait()
        self._shutdown_lock.release()
        thread._global_shutdown_lock.release()
        try:
            if context := _worker_context(self, thread, item):
                with _job():
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
def _job() -> Iterator[None]:
    """While a job runs. What runs in a thread of its own sees no running loop, and may run another one."""
    global _running
    _running += 1
    try:
        with _outside_of_the_loop():
            yield
    finally:
        _running -= 1


@contextmanager
def _fresh(values: dict[str, Any]) -> Iterator[None]:
    """Have a thread's own values be as at its beginning."""
    kept = dict(values)
    values.clear()
    try:
        yield
    finally:
        values.clear()
        values.update(kept)


@contextmanager
def _outside_of_the_loop() -> Iterator[None]:
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
