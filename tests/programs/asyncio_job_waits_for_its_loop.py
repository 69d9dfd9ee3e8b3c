"""A job in an executor that waits for the loop that waits for it."""
import asyncio


async def answer():
    return 42


def job(loop):
    future = asyncio.run_coroutine_threadsafe(answer(), loop)
    try:
        return future.result(timeout=30)
    except RuntimeError as error:
        future.cancel()
        return f"{type(error).__name__}: {error}"


async def main():
    loop = asyncio.get_running_loop()
    print(await asyncio.wait_for(loop.run_in_executor(None, job, loop), 40))


asyncio.run(main())
