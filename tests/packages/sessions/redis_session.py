# packages: redis==8.1.0 fakeredis==2.41.0 sortedcontainers==2.4.0
"""redis: commands, a pipeline, a subscription in a thread, asyncio; the server is fakeredis's."""
import asyncio
import queue
import threading

import redis
import redis.asyncio
from fakeredis import TcpFakeServer

server = TcpFakeServer(("127.0.0.1", 0), server_type="redis")
threading.Thread(target=server.serve_forever, daemon=True).start()
port = server.server_address[1]
client = redis.Redis("127.0.0.1", port, protocol=2)
print(client.ping(), client.set("key", "value"), client.get("key"), client.get("none"))
with client.pipeline(transaction=False) as pipeline:
    for number in range(5):
        pipeline.incr("count")
    print(pipeline.execute())
print(client.rpush("list", *range(5)), client.lrange("list", 1, 3))
print(client.hset("hash", mapping={"a": 1, "b": 2}), sorted(client.hgetall("hash").items()))
try:
    client.incr("list")
except redis.ResponseError as error:
    print(type(error).__name__)


async def main():
    async with redis.asyncio.Redis(host="127.0.0.1", port=port, protocol=2) as client:
        await asyncio.gather(*(client.set(f"k{number}", number) for number in range(10)))
        print(await client.mget([f"k{number}" for number in range(10)]))


asyncio.run(main())
client.close()
