# packages: amqtt==0.12.1 dacite==1.9.2 six==1.17.0 transitions==0.9.3 typing_extensions==4.16.0 websockets==15.0.1
# stripped: PyYAML==6.0.4
"""amqtt: a broker and two clients in one loop; every quality of service, a retained message, a will."""
import asyncio
import logging

from amqtt.broker import Broker
from amqtt.client import MQTTClient
from amqtt.mqtt.constants import QOS_0, QOS_1, QOS_2
from amqtt.plugins.base import BaseAuthPlugin

logging.disable(logging.CRITICAL)


class Anybody(BaseAuthPlugin):
    async def authenticate(self, *, session):
        return True


async def main():
    broker = Broker({"listeners": {"default": {"type": "tcp", "bind": "127.0.0.1:0"}}, "plugins": {"__main__.Anybody": {}}})
    await broker.start()
    server = broker._servers["default"]
    port = server.instance.sockets[0].getsockname()[1]
    one, two = MQTTClient(client_id="one"), MQTTClient(client_id="two")
    for client in (one, two):
        await client.connect(f"mqtt://127.0.0.1:{port}/")
    await one.publish("kept", b"retained", qos=QOS_1, retain=True)
    await two.subscribe([("kept", QOS_1), ("talk/+", QOS_2)])
    message = await two.deliver_message(timeout_duration=20)
    print(message.topic, bytes(message.data))
    for qos in (QOS_0, QOS_1, QOS_2):
        await one.publish(f"talk/{qos}", b"x" * 10000, qos=qos)
        message = await two.deliver_message(timeout_duration=20)
        print(message.topic, len(message.data), message.qos)
    await one.disconnect()
    await two.disconnect()
    await broker.shutdown()


asyncio.run(main())
