"""Which modules a module imports, read from its syntax."""

from __future__ import annotations

import ast
from collections.abc import Iterator

#: Functions whose first argument names a module.
IMPORTING_FUNCTIONS = frozenset({"__import__", "import_module"})


def imported_names(source: bytes, module: str, is_package: bool) -> list[str]:
    """The absolute names of what `module` may import, wherever in its code that stands.

    `from a import b` gives "a" and "a.b", for `b` may be a module.
    """
    package = module if is_package else module.rpartition(".")[0]
    names: dict[str, None] = {}
    for node in ast.walk(ast.parse(source)):
        for name in _names_in(node, package):
            names[name] = None
    return list(names)


def _names_in(node: ast.AST, package: str) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=name, names=names, level=level):
            base = _absolute(name or "", package, level)
            if base:
                yield base
                yield from (f"{base}.{alias.name}" for alias in names if alias.name != "*")
        case ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]):
            if _last_name(function) in IMPORTING_FUNCTIONS and name and not name.startswith("."):
                yield name


def _last_name(function: ast.expr) -> str | None:
    """`import_module` of `importlib.import_module`."""
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return None


def _absolute(name: str, package: str, level: int) -> str:
    """The absolute form of `from ..name import`, or "" if it leaves the package."""
    if level == 0:
        return name
    parts = package.split(".") if package else []
    if level > len(parts):
        return ""
    parts = parts[: len(parts) - (level - 1)]
    return ".".join([*parts, name] if name else parts)
