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
        archive = _Archive(file.readall())
    return Tree(root, archive.files, archive.read, archive.code)


class _Archive:
    def __init__(self, data: bytes) -> None:
        start = 8 + int.from_bytes(data[:8], "little")
        index = json.loads(data[8:start])
        self._data = memoryview(data)[start:]
        self.files: dict[str, tuple[int, int, int, int]] = {
            name: (*content, *code) for name, (content, code) in index["files"].items()
        }
        self._contents, self._codes = (_zstd.ZstdDict(self._part(*span)) for span in index["dictionaries"])

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

    def _part(self, start: int, length: int) -> memoryview:
        return self._data[start : start + length]

    def _decompressed(self, start: int, length: int, dictionary: _zstd.ZstdDict) -> bytes:
        return _zstd.ZstdDecompressor(zstd_dict=dictionary).decompress(self._part(start, length))
