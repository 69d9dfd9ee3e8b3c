# packages: fakeredis==2.41.0 redis==8.1.0 sortedcontainers==2.4.0
"""fakeredis: a server in the program, used by threads that block on a list and on messages."""
import threading

import fakeredis

server = fakeredis.FakeServer()
client = fakeredis.FakeStrictRedis(server=server)
said = []


def worker(number):
    own = fakeredis.FakeStrictRedis(server=server)
    while (job := own.blpop("jobs", timeout=20)[1]) != b"stop":
        own.rpush("results", int(job) ** 2)


threads = [threading.Thread(target=worker, args=[number]) for number in range(3)]
for thread in threads:
    thread.start()
client.rpush("jobs", *range(10))
results = sorted(int(client.blpop("results", timeout=20)[1]) for _ in range(10))
client.rpush("jobs", *["stop"] * 3)
for thread in threads:
    thread.join()
print(results)
subscription = client.pubsub()
subscription.subscribe("news")
print(subscription.get_message(timeout=5)["type"])
threading.Thread(target=client.publish, args=["news", "hello"]).start()
print(subscription.get_message(timeout=20)["data"])
print(client.set("lease", "1", px=30), client.pttl("lease") > 0)
