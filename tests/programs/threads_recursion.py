# ways: run threads
"""Recursion of a thread: each has a stack of its own. Plain wasmtime has little stack for it."""
import threading


def deep(number):
    return deep(number + 1)


def recurse():
    try:
        deep(0)
    except RecursionError as error:
        results.append(str(error)[:32])
    nested = []
    for _ in range(100_000):
        nested = [nested]
    try:
        repr(nested)
    except RecursionError:
        results.append("repr")
    import json

    try:
        json.loads("[" * 100_000)
    except RecursionError:
        results.append("json")
    for _ in range(1_000_000):
        nested = [nested]
    del nested  # frees a million lists, one inside the other
    results.append("freed")


results = []
recursing = threading.Thread(target=recurse)
recursing.start()
recursing.join()
print(results)
recurse()
print(results)
