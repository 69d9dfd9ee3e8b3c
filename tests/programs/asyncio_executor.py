"""run_in_executor and to_thread give results and exceptions, in order."""
import asyncio
import concurrent.futures
import contextvars

variable = contextvars.ContextVar("variable", default="unset")


def add(left, right):
    return left + right


async def main():
    loop = asyncio.get_running_loop()
    print(await loop.run_in_executor(None, add, 1, 2))
    try:
        await loop.run_in_executor(None, int, "x")
    except ValueError as error:
        print(error)
    variable.set("carried")
    print(await asyncio.to_thread(variable.get), await asyncio.to_thread(add, "to_", right="thread"))
    print(await asyncio.gather(*(asyncio.to_thread(add, number, number) for number in range(5))))
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        print(await loop.run_in_executor(pool, add, "own ", "pool"))
        print(list(pool.map(add, [1, 2], [3, 4])), pool.submit(add, 5, 6).result())
        done, rest = concurrent.futures.wait([pool.submit(add, 1, 1)])
        print([future.result() for future in done], rest)
    try:
        pool.submit(add, 1, 1)
    except RuntimeError as error:
        print(error)


asyncio.run(main())
