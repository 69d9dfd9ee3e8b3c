"""Prints which modules of the standard library can be imported, and the functions of those that speak to the system:
`section|name|what it is`.

`surroundings-3.14.txt` is what CPython 3.14 on x86-64 Linux prints."""
import importlib
import sys

#: Modules whose functions depend on the system.
SYSTEM = ("os", "signal", "time")
#: What importing does something else than to import.
EFFECTS = {"antigravity", "this", "idlelib", "turtledemo", "__main__"}


def is_function(value):
    return callable(value) and not isinstance(value, type)


def can_import(name):
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


for name in sorted(sys.stdlib_module_names - EFFECTS):
    print("module", name, can_import(name), sep="|")
for name in SYSTEM:
    module = importlib.import_module(name)
    for attribute in sorted(name for name in dir(module) if not name.startswith("_")):
        if is_function(getattr(module, attribute)):
            print(name, attribute, True, sep="|")
