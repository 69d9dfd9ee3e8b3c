"""Writes the files of the standard library to standard output, with their compiled code.

Arguments: a folder or a file, and the prefix of its names in the library,
as often as needed. Each file is three parts: its name, its content, and the
marshalled code of a module. A part begins with its length in four bytes.

It runs on an interpreter that has no extension modules yet.
"""

from __future__ import annotations

import marshal
import os
import sys
from collections.abc import Iterator

#: Where the library appears to be at run time.
ROOT = "/usr/local/lib/python3.14"
#: Folders that no program in a component can use: graphical programs, tests and caches; and the wheel of pip, which would need
#: child processes.
SKIPPED = frozenset({"__pycache__", "_bundled", "idlelib", "site-packages", "test", "tests", "tkinter", "turtledemo"})


def main(arguments: list[str]) -> None:
    """Write everything."""
    for root, prefix in zip(arguments[::2], arguments[1::2]):
        for name, path in _files(root):
            with open(path, "rb") as file:
                content = file.read()
            _write(prefix + name, content)


def _files(root: str) -> Iterator[tuple[str, str]]:
    """Name and path of every file below `root`, or of the file `root`."""
    if not os.path.isdir(root):
        yield os.path.basename(root), root
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(set(folders) - SKIPPED)
        for file in sorted(files):
            if not file.endswith((".pyc", ".exe", ".so")):
                path = os.path.join(folder, file)
                yield os.path.relpath(path, root), path


def _write(name: str, content: bytes) -> None:
    code = _compiled(name, content) if name.endswith(".py") else b""
    for part in (name.encode(), content, code):
        sys.stdout.buffer.write(len(part).to_bytes(4, "little") + part)


def _compiled(name: str, source: bytes) -> bytes:
    """The marshalled code of a source file; empty if it is not meant to compile."""
    try:
        return marshal.dumps(compile(source, f"{ROOT}/{name}", "exec", dont_inherit=True))
    except (SyntaxError, ValueError):
        return b""


main(sys.argv[1:])
