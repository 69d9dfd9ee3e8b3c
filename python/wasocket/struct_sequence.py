"""Tuples whose items have names, as CPython's modules in C make them."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any


def define(name: str, fields: Mapping[str, str], doc: str = "") -> type[tuple]:
    """The type with the full name `name`, of which each field has a description."""
    module, _, short = name.rpartition(".")
    names = tuple(fields)

    def make(cls: type, sequence: Any, dict: dict | None = None, /) -> Any:
        try:
            items = tuple(sequence)
        except TypeError:
            raise TypeError("constructor requires a sequence") from None
        if len(items) != len(names):
            raise TypeError(f"{name}() takes a {len(names)}-sequence ({len(items)}-sequence given)")
        return tuple.__new__(cls, items)

    def represent(self: tuple) -> str:
        return f"{name}({', '.join(f'{field}={item!r}' for field, item in zip(names, self))})"

    def reduce(self: tuple) -> tuple:
        return type(self), (tuple(self), {})

    def replace(self: tuple, /, **changes: Any) -> tuple:
        items = [changes.pop(field, item) for field, item in zip(names, self)]
        if changes:
            raise TypeError(f"Got unexpected field name(s): {list(changes)}")
        return type(self)(items)

    def refuse_subclass(cls: type, **_: Any) -> None:
        raise TypeError(f"type '{name}' is not an acceptable base type")

    namespace: dict[str, Any] = {
        "__doc__": doc,
        "__init_subclass__": classmethod(refuse_subclass),
        "__match_args__": names,
        "__module__": module,
        "__new__": make,
        "__reduce__": reduce,
        "__replace__": replace,
        "__repr__": represent,
        "__slots__": (),
        "n_fields": len(names),
        "n_sequence_fields": len(names),
        "n_unnamed_fields": 0,
    }
    for index, (field, description) in enumerate(fields.items()):
        namespace[field] = property(operator.itemgetter(index), doc=description)
    return type(short, (tuple,), namespace)
