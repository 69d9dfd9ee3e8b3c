"""asyncio without threads: names are looked up while the loop runs on, other jobs run at once."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import _wasocket


def patch_base_events(base_events: ModuleType) -> None:
    """Make `loop.shutdown_default_executor()` do without the thread that would wait."""
    import concurrent.futures.thread  # asyncio does so when a job comes, which may be too late in a component

    base_events.BaseEventLoop.shutdown_default_executor = _shutdown_default_executor


def patch_selector_events(selector_events: ModuleType) -> None:
    """Give loops that can watch descriptors lookups that are descriptors."""
    loop = selector_events.BaseSelectorEventLoop
    loop.getaddrinfo = _getaddrinfo


async def _shutdown_default_executor(self: Any, timeout: float | None = None) -> None:
    """Schedule the shutdown of the default executor: it has done all of its work already."""
    self._executor_shutdown_called = True
    if self._default_executor is not None:
        self._default_executor.shutdown(wait=True)


async def _getaddrinfo(
    self: Any, host: Any, port: Any, *, family: int = 0, type: int = 0, proto: int = 0, flags: int = 0
) -> list[tuple[Any, ...]]:
    """`socket.getaddrinfo()`, while the loop runs on."""
    from asyncio import base_events, tasks

    if getattr(base_events.socket.getaddrinfo, "__module__", None) != "socket" or self._debug:
        # A program's own takes the place of ours, and a loop that debugs says how long a lookup took.
        return await base_events.BaseEventLoop.getaddrinfo(
            self, host, port, family=family, type=type, proto=proto, flags=flags
        )
    lookup = _wasocket.start_getaddrinfo(host, port, family, type, proto, flags)
    try:
        await tasks.sleep(0)  # others have their turn, as while a thread looks the name up
        try:
            answers = _wasocket.finish_getaddrinfo(lookup)
        except BlockingIOError:
            await _readable(self, lookup)
            answers = _wasocket.finish_getaddrinfo(lookup)
    finally:
        if _wasocket.is_socket_fd(lookup):
            _wasocket.close_fd(lookup)
    return [_with_enums(*answer) for answer in answers]


async def _readable(loop: Any, descriptor: int) -> None:
    """Wait until the descriptor is readable."""
    ready = loop.create_future()
    loop._add_reader(descriptor, lambda: ready.done() or ready.set_result(None))
    try:
        await ready
    finally:
        loop._remove_reader(descriptor)


def _with_enums(family: int, kind: int, protocol: int, name: str, address: Any) -> tuple[Any, ...]:
    """An answer as `socket.getaddrinfo()` gives it."""
    import socket

    return (
        socket._intenum_converter(family, socket.AddressFamily),
        socket._intenum_converter(kind, socket.SocketKind),
        protocol,
        name,
        address,
    )
