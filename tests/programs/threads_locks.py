# ways: run threads wasmtime-threads
"""Locks, conditions, events, barriers, semaphores, queues, local data and timers of several threads."""
import _thread
import contextvars
import queue
import threading

lock = threading.Lock()
order = []


def take(name):
    with lock:
        order.append(name)


with lock:
    waiting = [threading.Thread(target=take, args=(name,)) for name in "abc"]
    for thread in waiting:
        thread.start()
    order.append("main")
for thread in waiting:
    thread.join()
print(order[0], sorted(order[1:]))
print("with a time limit:", lock.acquire(), lock.acquire(timeout=0.01), lock.acquire(blocking=False))
lock.release()

again = threading.RLock()
with again, again:
    other = threading.Thread(target=lambda: print("not meanwhile:", again.acquire(blocking=False)))
    other.start()
    other.join()

condition, items = threading.Condition(), []


def consume(got):
    with condition:
        condition.wait_for(lambda: items)
        got.append(items.pop())


got = []
consumers = [threading.Thread(target=consume, args=(got,)) for _ in range(4)]
for thread in consumers:
    thread.start()
for item in range(4):
    with condition:
        items.append(item)
        condition.notify()
for thread in consumers:
    thread.join()
print("one for each:", sorted(got))

barrier, begins = threading.Barrier(5), threading.Event()
limit, inside, most = threading.Semaphore(2), [0], [0]


def meet():
    begins.wait()
    barrier.wait()
    with limit:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        threading.Event().wait(0.005)
        inside[0] -= 1


meeting = [threading.Thread(target=meet) for _ in range(5)]
for thread in meeting:
    thread.start()
begins.set()
for thread in meeting:
    thread.join()
print("never more than", most[0])

for kind in (queue.Queue(3), queue.SimpleQueue(), queue.PriorityQueue(2), queue.LifoQueue(2)):
    taken = []

    def take_all(kind=kind, taken=taken):
        while (item := kind.get()) < 100:
            taken.append(item)

    taker = threading.Thread(target=take_all)
    taker.start()
    for item in [*range(20), 100]:
        kind.put(item)
    taker.join()
    print(type(kind).__name__, len(taken), sorted(taken) == list(range(20)))

local, variable = threading.local(), contextvars.ContextVar("variable", default="default")
local.name = "main"
seen = []


def own(number):
    local.name = number
    variable.set(number)
    seen.append((local.name, variable.get(), threading.current_thread().name))


threads = [threading.Thread(target=own, args=(number,), name=f"number {number}") for number in range(3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(seen), local.name, variable.get())
print("identifiers differ:", len({thread.ident for thread in threads} | {_thread.get_ident()}) > 1)

rang = []
timer = threading.Timer(0.01, rang.append, ["rang"])
timer.start()
timer.join()
cancelled = threading.Timer(60, rang.append, ["never"])
cancelled.start()
cancelled.cancel()
cancelled.join()
print(rang)

threading.excepthook = lambda hook: print("a thread ended with", hook.exc_type.__name__, hook.exc_value)
fails = threading.Thread(target=lambda: 1 / 0)
fails.start()
fails.join()
exits = threading.Thread(target=_thread.exit)
exits.start()
exits.join()


try:
    threading.current_thread().join()
except RuntimeError as error:
    print("RuntimeError:", error)

# A daemon does not keep the program from ending; others do.
threading.Thread(target=threading.Event().wait, daemon=True).start()
last = threading.Thread(target=lambda: (threading.main_thread().join(), print("after the main thread")))
last.start()
print("the end of the main thread")
