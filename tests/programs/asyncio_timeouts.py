# peers: silent full
"""Timeouts and cancellation in asyncio."""
import asyncio

from support import peer


async def main():
    reader, writer = await asyncio.open_connection(*peer("silent"))
    try:
        await asyncio.wait_for(reader.read(1), 0.1)
    except asyncio.TimeoutError:
        print("read timed out")
    try:
        await asyncio.wait_for(asyncio.open_connection(*peer("full")), 0.1)
    except asyncio.TimeoutError:
        print("connect timed out")
    task = asyncio.create_task(reader.readline())
    await asyncio.sleep(0)
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled", task.cancelled())
    writer.transport.abort()
    print(await reader.read(1), writer.is_closing())
    loop = asyncio.get_running_loop()
    order = []
    for delay in (0.03, 0.01, 0.02):
        loop.call_later(delay, order.append, delay)
    await asyncio.sleep(0.05)
    print(order)
    results = await asyncio.gather(asyncio.sleep(0.02, "slow"), asyncio.sleep(0, "fast"))
    print(results)


asyncio.run(main())
