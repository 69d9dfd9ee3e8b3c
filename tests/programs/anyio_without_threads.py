# ways: run single wasi wasmtime
"""anyio's `to_thread.run_sync()` does its work where there are no threads as well; the loop's task goes on after it."""
import contextvars
import threading

import anyio
from anyio import from_thread, to_thread

variable = contextvars.ContextVar("variable", default="unset")


def work(number):
    from_thread.check_cancelled()
    return number * 2, variable.get()


def fail():
    raise ValueError("in the worker")


def in_a_loop_of_its_own():
    async def other():
        return await to_thread.run_sync(lambda: "inside")

    return anyio.run(other)


async def main():
    variable.set("set")
    print(await to_thread.run_sync(work, 21))
    print(await to_thread.run_sync(in_a_loop_of_its_own))
    try:
        await to_thread.run_sync(fail)
    except ValueError as error:
        print(error)
    results = []

    async def one(number):
        results.append(await to_thread.run_sync(work, number))

    async with anyio.create_task_group() as group:
        for number in range(5):
            group.start_soon(one, number)
    print(sorted(results))
    with anyio.move_on_after(0.01) as scope:
        await anyio.sleep(10)
    print(scope.cancelled_caught, threading.current_thread() is threading.main_thread())


anyio.run(main)
