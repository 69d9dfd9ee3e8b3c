# packages: paho-mqtt==2.2.0 amqtt==0.12.1 dacite==1.9.2 six==1.17.0 transitions==0.9.3 typing_extensions==4.16.0 websockets==15.0.1
# stripped: PyYAML==6.0.4
"""paho-mqtt: its client with a network thread, against a broker in a loop of another thread."""
import asyncio
import logging
import queue
import threading

import paho.mqtt.client as mqtt
from amqtt.broker import Broker
from amqtt.plugins.base import BaseAuthPlugin

logging.disable(logging.CRITICAL)
ports, received = queue.Queue(), queue.Queue()


class Anybody(BaseAuthPlugin):
    async def authenticate(self, *, session):
        return True


async def serve():
    global loop, over
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    broker = Broker({"listeners": {"default": {"type": "tcp", "bind": "127.0.0.1:0"}}, "plugins": {"__main__.Anybody": {}}})
    await broker.start()
    ports.put(broker._servers["default"].instance.sockets[0].getsockname()[1])
    await over.wait()
    await broker.shutdown()


thread = threading.Thread(target=asyncio.run, args=[serve()])
thread.start()
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="paho")
client.on_connect = lambda client, data, flags, reason, properties: client.subscribe("a/#", qos=1)
client.on_subscribe = lambda *arguments: received.put("subscribed")
client.on_message = lambda client, data, message: received.put((message.topic, message.payload, message.qos))
client.on_disconnect = lambda client, data, flags, reason, properties: received.put(str(reason))
client.connect("127.0.0.1", ports.get(timeout=20))
client.loop_start()
print(received.get(timeout=20))
for number in range(3):
    client.publish(f"a/{number}", f"text {number}", qos=1).wait_for_publish(20)
    print(received.get(timeout=20))
client.disconnect()
print(received.get(timeout=20))
client.loop_stop()
loop.call_soon_threadsafe(over.set)
thread.join()
