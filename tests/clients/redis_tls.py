# needs: certificates
# peers: debian:redis-tls
"""redis-py over TLS: commands, big values, pipelines, subscriptions, asyncio, and a server that is not trusted."""
import asyncio
import os
import tempfile

import redis
import redis.asyncio

from support import peer

host, port = peer("redis-tls")
authority = os.path.join(tempfile.gettempdir(), "certificates", "authority.pem")
settings = {"host": host, "port": port, "ssl": True, "ssl_ca_certs": authority, "ssl_check_hostname": True}
with redis.Redis(**settings) as client:
    print(client.ping(), client.set("key", "väl"), client.get("key").decode())
    big = bytes(range(256)) * 16384
    print(client.set("big", big), client.get("big") == big)
    with client.pipeline(transaction=False) as pipe:
        for index in range(1000):
            pipe.incr("counter")
        print(pipe.execute()[-1])
    subscriber = client.pubsub()
    subscriber.subscribe("news")
    print(subscriber.get_message(timeout=5)["type"], client.publish("news", b"first"))
    print(subscriber.get_message(timeout=5)["data"], subscriber.get_message(timeout=0.05))
    subscriber.close()
    print(client.blpop("nothing", timeout=1))


async def concurrently():
    async with redis.asyncio.Redis(**settings) as client:
        await asyncio.gather(*(client.incr("together") for _ in range(20)))
        print(await client.get("together"))


asyncio.run(concurrently())
try:
    redis.Redis(host=host, port=port, ssl=True, ssl_ca_certs=authority.replace("authority", "self-signed"), retry=None).ping()
except redis.ConnectionError as error:
    print(type(error).__name__, "CERTIFICATE_VERIFY_FAILED" in str(error))
