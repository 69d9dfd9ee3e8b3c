"""The standard library, in the file that `cargo xtask build` makes of it.

The file begins with the length of its index, in eight bytes, and the index,
in JSON. Sources and code are compressed, each by itself.
"""

from __future__ import annotations

import io
import json
import marshal
from types import CodeType

import _zstd

from wasocket.tree import Tree


def open_library(path: str, root: str) -> Tree:
    """The library in the file `path`, as a tree at `root`."""
    with io.FileIO(path) as file:
        archive = _Archive(file)
    return Tree(root, archive.files, archive.read, archive.code)


class _Archive:
    def __init__(self, file: io.FileIO) -> None:
        index = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        # They come first, and zstd keeps copies: the rest begins after them.
        dictionaries = [_zstd.ZstdDict(file.read(length)) for _, length in index["dictionaries"]]
        self._contents, self._codes = dictionaries
        self._start = sum(length for _, length in index["dictionaries"])
        self._data = memoryview(file.readall())
        self.files: dict[str, tuple[int, int, int, int]] = {
            name: (*content, *code) for name, (content, code) in index["files"].items()
        }

    def read(self, name: str) -> bytes | None:
        """The content of a file."""
        if name not in self.files:
            return None
        start, length, _, _ = self.files[name]
        return self._decompressed(start, length, self._contents)

    def code(self, name: str) -> CodeType | None:
        """The code of a module."""
        _, _, start, length = self.files[name]
        return marshal.loads(self._decompressed(start, length, self._codes)) if length else None

    def _decompressed(self, start: int, length: int, dictionary: _zstd.ZstdDict) -> bytes:
        start -= self._start
        return _zstd.ZstdDecompressor(zstd_dict=dictionary).decompress(self._data[start : start + length])
