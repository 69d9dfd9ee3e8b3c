"""Workloads of the interpreter alone: no socket, no file, nothing but Python.

Each is what programs spend their time on; what comes out is checked, and one
operation takes some milliseconds.
"""

import asyncio
import collections
import heapq
import json
import re

from workload import Workload, expect


class Pure(Workload):
    """A function without arguments whose result is known."""

    def check(self):
        expect("the result", self.once(), self.result)

    def run(self, count):
        once = self.once
        for _ in range(count):
            once()


class Calls(Pure):
    result = 6765

    def once(self):
        def fibonacci(n):
            return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)

        return fibonacci(20)


class Loops(Pure):
    result = 1_229

    def once(self):
        limit = 10_000
        sieve = [True] * limit
        sieve[0] = sieve[1] = False
        number = 2
        while number * number < limit:
            if sieve[number]:
                for multiple in range(number * number, limit, number):
                    sieve[multiple] = False
            number += 1
        return sum(sieve)


class Floats(Pure):
    result = 2_062

    def once(self):
        inside = 0
        for row in range(40):
            for column in range(80):
                x, y, steps = 0.0, 0.0, 0
                a, b = column / 32 - 2, row / 20 - 1
                while x * x + y * y < 4 and steps < 20:
                    x, y, steps = x * x - y * y + a, 2 * x * y + b, steps + 1
                inside += steps < 20
        return inside


class Objects(Pure):
    result = 33_081_692

    def once(self):
        class Vector:
            __slots__ = ("x", "y")

            def __init__(self, x, y):
                self.x, self.y = x, y

            def __add__(self, other):
                return Vector(self.x + other.x, self.y + other.y)

            @property
            def product(self):
                return self.x * self.y

        total, step = Vector(0, 0), Vector(2, 1)
        result = 0
        for _ in range(4_000):
            total = total + step
            result += total.product % 16_667
        return result


class Dictionaries(Pure):
    result = (1_000, 10_000)

    def once(self):
        counts = {}
        for number in range(10_000):
            name = f"name-{number % 1_000}"
            counts[name] = counts.get(name, 0) + 1
        return len(counts), sum(counts.values())


class Texts(Pure):
    result = 12_627

    def once(self):
        lines = [f"{number:04d}; {number * 3} ;word{number % 7}" for number in range(1_000)]
        fields = [part.strip().upper() for line in lines for part in line.split(";")]
        return len(",".join(fields).replace("WORD", "W").encode())


class Expressions(Pure):
    result = 1_000
    pattern = re.compile(r"(?P<host>[\w.]+) - \[(\d+/\w+/\d+)\] \"(GET|POST) ([^ ]+) HTTP/1\.\d\" (\d{3})")
    log = "\n".join(f'10.0.0.{n % 256} - [29/Nov/2026] "GET /page/{n} HTTP/1.1" 200' for n in range(1_000))

    def once(self):
        return sum(match["host"].startswith("10.") for match in self.pattern.finditer(self.log))


class Documents(Pure):
    result = 500

    def once(self):
        document = [{"id": n, "tags": ["a", "b"], "price": n / 4, "name": "x" * 10, "none": None} for n in range(500)]
        return len(json.loads(json.dumps(document)))


class Generators(Pure):
    result = 166_666_665_000

    def once(self):
        def numbers(limit):
            yield from range(limit)

        squares = (number * number for number in numbers(10_000) if number % 2)
        return sum(squares)


class Collections(Pure):
    result = [9_999, 9_998, 9_997]

    def once(self):
        queue = collections.deque()
        heap = []
        for number in range(5_000):
            queue.append((number * 7_919) % 10_000)
            heapq.heappush(heap, -queue[0])
            if len(queue) > 100:
                queue.popleft()
        return heapq.nlargest(3, {(-number) % 10_000 for number in heap} | set(range(10_000)))


class Exceptions(Pure):
    result = 3_334

    def once(self):
        caught = 0
        for number in range(5_000):
            try:
                if number % 3:
                    raise ValueError(number)
                int("x")
            except ValueError as error:
                caught += bool(error.args[0]) and number % 3 != 0
        return caught + 1


class Tasks(Pure):
    result = 4_950

    def prepare(self):
        self.loop = asyncio.new_event_loop()

    def once(self):
        async def child(number):
            for _ in range(5):
                await asyncio.sleep(0)
            return number

        async def parent():
            return sum(await asyncio.gather(*(child(number) for number in range(100))))

        return self.loop.run_until_complete(parent())

    def close(self):
        self.loop.close()


#: By the name that stands in the benchmark's table.
PURE = {
    "calls": Calls,
    "loops": Loops,
    "floats": Floats,
    "objects": Objects,
    "dictionaries": Dictionaries,
    "texts": Texts,
    "expressions": Expressions,
    "documents": Documents,
    "generators": Generators,
    "collections": Collections,
    "exceptions": Exceptions,
    "tasks": Tasks,
}
