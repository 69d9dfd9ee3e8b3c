# peers: udp-echo udp-closed
"""Datagram endpoints: connected, bound, refused."""
import asyncio

from support import peer


class Collect(asyncio.DatagramProtocol):
    def __init__(self):
        self.arrived = asyncio.Queue()

    def datagram_received(self, data, address):
        self.arrived.put_nowait((data, address))

    def error_received(self, error):
        self.arrived.put_nowait(type(error).__name__)

    def connection_lost(self, error):
        self.arrived.put_nowait("lost")


async def main():
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(Collect, remote_addr=peer("udp-echo"))
    for data in (b"one", b"two"):
        transport.sendto(data)
        print(await protocol.arrived.get() == (data, peer("udp-echo")))
    transport.close()
    print(await protocol.arrived.get())

    here, receiver = await loop.create_datagram_endpoint(Collect, local_addr=("127.0.0.1", 0))
    there, sender = await loop.create_datagram_endpoint(Collect, local_addr=("127.0.0.1", 0))
    there.sendto(b"hello", here.get_extra_info("sockname"))
    data, address = await receiver.arrived.get()
    print(data, address == there.get_extra_info("sockname"))
    here.close(), there.close()

    transport, protocol = await loop.create_datagram_endpoint(Collect, remote_addr=peer("udp-closed"))
    transport.sendto(b"anybody?")
    print(await asyncio.wait_for(protocol.arrived.get(), 30))
    transport.close()


asyncio.run(main())
