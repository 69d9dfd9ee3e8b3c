# ways: run single wasi wasmtime
"""A thread that is joined in the next expression runs even where there are no threads."""
import threading

results = []


class Worker:
    def __init__(self):
        self.thread = threading.Thread(target=self.work, args=(2,), name="worker")

    def work(self, number):
        results.append((number, threading.current_thread() is self.thread, threading.active_count() <= 2))


def add(number):
    results.append((number, threading.current_thread().name))


def fail():
    raise ValueError("in the thread")


def main():
    thread = threading.Thread(target=add, args=[1], name="one")
    thread.start()
    thread.join()
    print(thread.is_alive(), thread.ident is not None)
    worker = Worker()
    worker.thread.start()
    worker.thread.join()
    threading.excepthook = lambda failed: results.append((failed.exc_type.__name__, failed.thread.name))
    failing = threading.Thread(target=fail, name="failing"); failing.start(); failing.join()
    for again in (failing.start, failing.join):
        try:
            print(again())
        except RuntimeError as error:
            print(error)
    print(threading.current_thread() is threading.main_thread(), threading.enumerate() == [threading.main_thread()])


main()
thread = threading.Thread(target=add, args=[3], name="three")
thread.start()
thread.join()
print(results)
