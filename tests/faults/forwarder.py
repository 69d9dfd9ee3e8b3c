"""Two TAP devices and what happens to the frames between them: lost, late, out of order, too big.

It says the names of the devices, which somebody else then gives to networks. Each line on standard input changes what happens, as `key=value` words, and is answered with a line:

    loss=0.05      this share of the frames is lost
    delay=10       milliseconds that each frame takes
    reorder=0.1    this share of the frames takes three times as long
    mtu=600        longer frames vanish, and nobody is told
    outage=5       so many of the next frames vanish
    down=1         all frames vanish
    after=1000     the line holds once so many bytes have passed, which a second answer tells
"""
import fcntl
import heapq
import os
import random
import selectors
import struct
import time

TUNSETIFF, IFF_TAP, IFF_NO_PI = 0x400454CA, 0x0002, 0x1000
FRAME = 1 << 16
ETHERNET = 14


class Fault:
    """What happens to frames now."""

    def __init__(self, words):
        self.loss = self.reorder = self.delay = 0.0
        self.mtu = FRAME
        self.outage = self.down = self.after = 0
        for word in words:
            key, _, value = word.partition("=")
            setattr(self, key, type(getattr(self, key))(value))

    def takes(self, frame, chance):
        """How many seconds a frame takes, or None if it does not arrive."""
        if self.outage:
            self.outage -= 1
            return None
        if self.down or len(frame) > self.mtu + ETHERNET or chance.random() < self.loss:
            return None
        return self.delay / 1000 * (3 if chance.random() < self.reorder else 1)


def device():
    """A new TAP device, and its name."""
    descriptor = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    made = fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", b"fault%d", IFF_TAP | IFF_NO_PI))
    return descriptor, made[:16].rstrip(b"\0").decode()


def main():
    (left, left_name), (right, right_name) = device(), device()
    print(left_name, right_name, flush=True)
    selector = selectors.DefaultSelector()
    for descriptor, other in ((left, right), (right, left), (0, None)):
        selector.register(descriptor, selectors.EVENT_READ, other)
    chance = random.Random(1)
    fault, coming, passed = Fault(()), None, 0
    on_their_way, number = [], 0
    while True:
        wait = max(0, on_their_way[0][0] - time.monotonic()) if on_their_way else None
        for key, _ in selector.select(wait):
            if key.data is None:
                line = os.read(0, 1024)
                if not line:
                    return
                coming, passed = Fault(line.decode().split()), 0
                if not coming.after:
                    fault, coming = coming, None
                print("set", flush=True)
                continue
            try:
                frame = os.read(key.fd, FRAME)
            except OSError:
                return  # the network is gone, and the device with it
            passed += len(frame)
            if coming and passed >= coming.after:
                fault, coming = coming, None
                print("holds", flush=True)
            seconds = fault.takes(frame, chance)
            if seconds is not None:
                number += 1
                heapq.heappush(on_their_way, (time.monotonic() + seconds, number, key.data, frame))
        while on_their_way and on_their_way[0][0] <= time.monotonic():
            _, _, descriptor, frame = heapq.heappop(on_their_way)
            try:
                os.write(descriptor, frame)
            except OSError:
                pass  # the device is down: the frame is lost


main()
