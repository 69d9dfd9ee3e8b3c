# exit: 3
# ways: run wasi
"""What a program puts into sys.modules does not change how it ends."""
import sys
import types


def refuse(name):
    raise NotImplementedError(name)


class Odd(types.ModuleType):
    @property
    def __dict__(self):
        raise NotImplementedError("__dict__")

    @property
    def __class__(self):
        raise NotImplementedError("__class__")


odd = types.ModuleType("odd")
del odd.__dict__["__doc__"]
odd.__getattr__ = refuse
sys.modules["odd"] = odd
sys.modules["odder"] = Odd("odder")
sys.modules["oddest"] = 7
print("ends")
sys.exit(3)
