# ways: run threads single wasi
"""Recursion that is too deep for C's stack, and lists that are freed a million deep: an exception or nothing, in every function."""
import copy
import json
import pickle


def nested(depth):
    outer = []
    for _ in range(depth):
        outer = [outer]
    return outer


class Asks:
    def __getattr__(self, name):
        return getattr(self, name)


class Shows:
    def __repr__(self):
        return repr(self)


def sort(again):
    return sorted([1], key=lambda _: again(again))


deep = nested(200_000)
CALLS = {
    "json.loads": lambda: json.loads("[" * 1_000_000),
    "json.dumps": lambda: json.dumps(deep),
    "repr": lambda: repr(deep),
    "pickle.dumps": lambda: pickle.dumps(deep),
    "==": lambda: deep == nested(200_000),
    "copy.deepcopy": lambda: copy.deepcopy(deep),
    "__getattr__": lambda: Asks().anything,
    "__repr__": lambda: repr(Shows()),
    "sorted": lambda: sort(sort),
}
for name, call in CALLS.items():
    try:
        call()
        print(name, "ends")
    except Exception as error:
        print(name, type(error).__name__)
del deep
for _ in range(2):
    nested(1_000_000)
print("freed")
