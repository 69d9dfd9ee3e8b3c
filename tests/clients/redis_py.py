# peers: debian:redis
"""redis-py: commands, big values, pipelines, transactions, publish and subscribe, blocking pop."""
import redis

from support import peer

host, port = peer("redis")
client = redis.Redis(host, port)
print(client.ping(), client.set("key", "väl"), client.get("key").decode(), client.get("missing"))
big = bytes(range(256)) * 32768
print(client.set("big", big), client.get("big") == big, client.strlen("big"))
with client.pipeline(transaction=False) as pipe:
    for index in range(2000):
        pipe.set(f"key:{index}", index)
        pipe.incr("counter")
    answers = pipe.execute()
print(len(answers), answers[:4], answers[-1])
with client.pipeline() as pipe:
    pipe.watch("counter")
    value = int(pipe.get("counter"))
    pipe.multi()
    pipe.set("counter", value + 1)
    print(pipe.execute())
with client.pipeline() as pipe:
    pipe.watch("counter")
    client.incr("counter")
    pipe.multi()
    pipe.set("counter", 0)
    try:
        pipe.execute()
    except redis.WatchError as error:
        print(type(error).__name__)
try:
    client.incr("big")
except redis.ResponseError as error:
    print(type(error).__name__, error)

subscriber = client.pubsub()
subscriber.subscribe("news")
print(subscriber.get_message(timeout=5)["type"])
print(client.publish("news", b"first"), client.publish("news", b"second"))
print([subscriber.get_message(timeout=5)["data"] for _ in range(2)])
print(subscriber.get_message(timeout=0.05))
subscriber.close()

print(client.blpop("list", timeout=1))
client.rpush("list", "a", "b")
print(client.blpop("list", timeout=1), client.lrange("list", 0, -1))
impatient = redis.Redis(host, port, socket_timeout=0.2)
try:
    impatient.blpop("nothing", timeout=10)
except redis.TimeoutError as error:
    print(type(error).__name__, error)

print(client.dbsize())
client.close()
