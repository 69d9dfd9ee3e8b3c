# packages: trio==0.35.0 attrs==26.1.0 idna==3.20 outcome==1.3.0.post0 sniffio==1.3.1 sortedcontainers==2.4.0
"""trio: a nursery, TCP, a thread, cancellation."""
import trio


async def serve(stream):
    async for data in stream:
        await stream.send_all(data.upper())


async def main():
    async with trio.open_nursery() as nursery:
        listeners = await nursery.start(trio.serve_tcp, serve, 0)
        port = listeners[0].socket.getsockname()[1]
        stream = await trio.open_tcp_stream("127.0.0.1", port)
        async with stream:
            await stream.send_all(b"hello")
            print(await stream.receive_some())
        print(await trio.to_thread.run_sync(len, "abc"))
        with trio.move_on_after(0.05) as scope:
            await trio.sleep_forever()
        print(scope.cancelled_caught)
        nursery.cancel_scope.cancel()


trio.run(main)
