# packages: nats-py==2.16.0
"""nats-py: publishing, a subscription, a request, against a small server in the same loop."""
import asyncio
import json

import nats

subscriptions = []


async def handle(reader, writer):
    info = {"server_id": "small", "version": "2.10.0", "max_payload": 1048576, "headers": True, "proto": 1}
    writer.write(b"INFO " + json.dumps(info).encode() + b"\r\n")
    while line := (await reader.readline()).decode().split():
        if line[0] == "PING":
            writer.write(b"PONG\r\n")
        elif line[0] == "SUB":
            subscriptions.append((line[1], line[-1], writer))
        elif line[0] == "PUB":
            body = (await reader.readexactly(int(line[-1]) + 2))[:-2]
            reply = line[2] + " " if len(line) == 4 else ""
            for subject, number, other in subscriptions:
                if subject == line[1] or subject.endswith("*") and line[1].startswith(subject[:-1]):
                    other.write(f"MSG {line[1]} {number} {reply}{len(body)}\r\n".encode() + body + b"\r\n")
    writer.close()


async def main():
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    url = f"nats://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    one, two = await nats.connect(url), await nats.connect(url)

    async def double(message):
        await message.respond(message.data * 2)

    await two.subscribe("double", cb=double)
    news = await two.subscribe("news.*")
    await two.flush()
    for number in range(3):
        await one.publish(f"news.{number}", b"x" * 1000 * number)
        message = await news.next_msg(timeout=20)
        print(message.subject, len(message.data))
    print((await one.request("double", b"ab", timeout=20)).data)
    try:
        await news.next_msg(timeout=0.05)
    except nats.errors.TimeoutError as error:
        print(type(error).__name__)
    await one.close()
    await two.close()
    server.close()


asyncio.run(main())
