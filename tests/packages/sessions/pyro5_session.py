# packages: Pyro5==5.17 serpent==1.43
"""Pyro5: a daemon in a thread, proxies in others, batches, one-way calls, exceptions."""
import threading
from concurrent.futures import ThreadPoolExecutor

import Pyro5.api


@Pyro5.api.expose
@Pyro5.api.behavior(instance_mode="single")
class Account:
    def __init__(self):
        self.amount = 0
        self.lock = threading.Lock()

    def add(self, number):
        with self.lock:
            self.amount += number
            return self.amount

    def fail(self):
        raise ValueError("not today")

    def parts(self):
        yield from range(3)


def add(number):
    with Pyro5.api.Proxy(uri) as account:
        return account.add(number)


daemon = Pyro5.api.Daemon(host="127.0.0.1", port=0)
uri = daemon.register(Account, "account")
thread = threading.Thread(target=daemon.requestLoop)
thread.start()
with ThreadPoolExecutor(4) as executor:
    print(max(executor.map(add, range(20))))
with Pyro5.api.Proxy(uri) as account:
    try:
        account.fail()
    except ValueError as error:
        print(error)
    batch = Pyro5.api.BatchProxy(account)
    batch.add(1)
    batch.add(2)
    print(list(batch()), list(account.parts()))
daemon.shutdown()
thread.join()
