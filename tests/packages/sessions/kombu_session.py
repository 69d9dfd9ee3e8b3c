# packages: kombu==5.7.0 amqp==5.4.2 vine==5.1.0
"""kombu: producers and consumers in threads over its transport in memory."""
import threading

from kombu import Connection, Exchange, Queue

exchange = Exchange("media", "direct")
queue = Queue("video", exchange, routing_key="video")
ready = threading.Event()


def produce():
    ready.wait(20)
    with Connection("memory://") as connection:
        producer = connection.Producer(serializer="json")
        for number in range(3):
            producer.publish({"number": number}, exchange=exchange, routing_key="video", declare=[queue])


def consumed(body, message):
    print(body, message.content_type)
    message.ack()


thread = threading.Thread(target=produce)
thread.start()
with Connection("memory://") as connection, connection.Consumer(queue, callbacks=[consumed]):
    ready.set()
    for _ in range(3):
        connection.drain_events(timeout=20)
    thread.join()
    try:
        connection.drain_events(timeout=0.1)
    except TimeoutError as error:
        print(type(error).__name__)
with Connection("memory://") as connection:
    with connection.SimpleQueue("simple") as simple:
        simple.put("text")
        print(simple.get(timeout=5).payload)
