# packages: anyio==4.16.0 typing_extensions==4.16.0
"""anyio on asyncio: task groups, TCP, UDP, threads both ways, cancellation, streams of objects."""
import anyio
from anyio import from_thread, to_thread


async def handle(client):
    async with client:
        async for data in client:
            await client.send(await to_thread.run_sync(data.upper))


def blocking(number):
    return from_thread.run(later, number) + 1


async def later(number):
    await anyio.sleep(0)
    return number * 10


async def main():
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1", local_port=0)
    port = listener.extra(anyio.abc.SocketAttribute.local_port)
    async with anyio.create_task_group() as group:
        group.start_soon(listener.serve, handle)
        async with await anyio.connect_tcp("127.0.0.1", port) as client:
            await client.send(b"hello")
            print(await client.receive())
        results = []

        async def work(number):
            results.append(await to_thread.run_sync(blocking, number))

        async with anyio.create_task_group() as inner:
            for number in range(10):
                inner.start_soon(work, number)
        print(sorted(results))
        with anyio.move_on_after(0.05) as scope:
            await anyio.sleep(20)
        print(scope.cancelled_caught)
        send, receive = anyio.create_memory_object_stream(2)
        group.start_soon(fill, send)
        print([item async for item in receive])
        async with await anyio.create_udp_socket(local_host="127.0.0.1") as udp:
            await udp.sendto(b"datagram", "127.0.0.1", udp.extra(anyio.abc.SocketAttribute.local_port))
            print((await udp.receive())[0])
        group.cancel_scope.cancel()


async def fill(send):
    async with send:
        for number in range(5):
            await send.send(number)


anyio.run(main)
with from_thread.start_blocking_portal() as portal:
    print(portal.call(later, 4))
