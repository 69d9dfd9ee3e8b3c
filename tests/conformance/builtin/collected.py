"""Collects componentize-py's standard library, at build time, into a tree in memory.

Code is kept marshalled, as import runs it; sources are kept compressed, for
tracebacks and `inspect`.
"""

from __future__ import annotations

import marshal
import os
import zlib
from collections.abc import Callable, Iterator
from types import CodeType

from wasocket.tree import Tree

#: Folders that no program in a component can use: graphical programs, pip, caches, and what componentize-py reads.
SKIPPED = frozenset({"__pycache__", "ensurepip", "idlelib", "site-packages", "tkinter", "turtledemo", "wit"})


def collect(folder: str, root: str) -> Tree:
    """The files below `folder`, as a tree at `root`."""
    contents: dict[str, bytes] = {}
    for name, path in _files(folder):
        with open(path, "rb") as file:
            contents[name] = file.read()
    codes = {name: _compiled(name, root, content) for name, content in contents.items() if name.endswith(".py")}
    compressed = {name: zlib.compress(content, 9) for name, content in contents.items()}
    return Tree(root, compressed, _reader(compressed), _loader(codes))


def _reader(compressed: dict[str, bytes]) -> Callable[[str], bytes | None]:
    def read(name: str) -> bytes | None:
        content = compressed.get(name)
        return None if content is None else zlib.decompress(content)

    return read


def _loader(codes: dict[str, bytes | None]) -> Callable[[str], CodeType | None]:
    def load(name: str) -> CodeType | None:
        code = codes.get(name)
        return None if code is None else marshal.loads(code)

    return load


def _files(root: str) -> Iterator[tuple[str, str]]:
    """Name and path of every file below `root`."""
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - SKIPPED)
        for file in sorted(files):
            if not file.endswith((".pyc", ".exe", ".so")):
                path = os.path.join(folder, file)
                yield os.path.relpath(path, root), path


def _compiled(name: str, root: str, source: bytes) -> bytes | None:
    """The marshalled code of a source file, or None if it is not meant to compile."""
    try:
        return marshal.dumps(compile(source, f"{root}/{name}", "exec", dont_inherit=True))
    except (SyntaxError, ValueError):
        return None
