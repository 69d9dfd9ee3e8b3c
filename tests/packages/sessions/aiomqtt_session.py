# packages: aiomqtt==2.5.1 amqtt==0.12.1 dacite==1.9.2 paho-mqtt==2.2.0 six==1.17.0 transitions==0.9.3 typing_extensions==4.16.0
# packages: websockets==15.0.1
# stripped: PyYAML==6.0.4
"""aiomqtt: asynchronous clients against amqtt's broker in the same loop."""
import asyncio
import logging

import aiomqtt
from amqtt.broker import Broker
from amqtt.plugins.base import BaseAuthPlugin

logging.disable(logging.CRITICAL)


class Anybody(BaseAuthPlugin):
    async def authenticate(self, *, session):
        return True


async def main():
    broker = Broker({"listeners": {"default": {"type": "tcp", "bind": "127.0.0.1:0"}}, "plugins": {"__main__.Anybody": {}}})
    await broker.start()
    port = broker._servers["default"].instance.sockets[0].getsockname()[1]
    async with aiomqtt.Client("127.0.0.1", port) as listener, aiomqtt.Client("127.0.0.1", port) as speaker:
        await listener.subscribe("temperature/#", qos=1)
        for place in ("inside", "outside"):
            await speaker.publish(f"temperature/{place}", payload=str(len(place)), qos=1)
        number = 0
        async for message in listener.messages:
            print(message.topic, message.payload, message.topic.matches("temperature/+"))
            number += 1
            if number == 2:
                break
    await broker.shutdown()


asyncio.run(main())
