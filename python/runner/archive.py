"""The standard library, in the file that `cargo xtask build` makes of it.

The file begins with the length of its index, in eight bytes, and the index,
in JSON. Sources and code are compressed, each by itself.
"""

from __future__ import annotations

import io
import json
import marshal
from collections.abc import Iterable
from types import CodeType

import _zstd

from wasocket.tree import Tree

#: Where a part begins, and how long it is.
Span = tuple[int, int]
NOTHING: Span = (0, 0)


class Library(Tree):
    """The library in a file, which is read once."""

    def __init__(self, path: str, root: str) -> None:
        """Read the file `path`, for a library at `root`."""
        with io.FileIO(path) as file:
            index = json.loads(file.read(int.from_bytes(file.read(8), "little")))
            # They come first, and zstd keeps copies: the rest begins after them.
            lengths = [length for _, length in index["dictionaries"]]
            self._of_contents, self._of_codes = (_zstd.ZstdDict(file.read(length)) for length in lengths)
            self._data = file.readall()
        before = sum(lengths)
        files = index["files"].items()
        self._contents = {name: _moved(content, before) for name, (content, _) in files}
        self._codes = {name: _moved(code, before) for name, (_, code) in files}
        super().__init__(root, self._contents, self._content, self._module_code)

    def forget_code(self, names: Iterable[str]) -> None:
        """Give up the code of modules that have been imported; who asks for it again gets it compiled anew."""
        for name in names:
            self._codes[name] = NOTHING
        kept: list[bytes] = []
        place = 0
        for spans in (self._contents, self._codes):
            for name, (start, length) in spans.items():
                kept.append(self._data[start : start + length])
                spans[name] = (place, length)
                place += length
        self._data = b"".join(kept)

    def _content(self, name: str) -> bytes | None:
        return self._part(self._contents[name], self._of_contents) if name in self._contents else None

    def _module_code(self, name: str) -> CodeType | None:
        part = self._part(self._codes[name], self._of_codes)
        return marshal.loads(part) if part else None

    def _part(self, span: Span, dictionary: _zstd.ZstdDict) -> bytes:
        start, length = span
        if not length:
            return b""
        data = memoryview(self._data)[start : start + length]
        return _zstd.ZstdDecompressor(zstd_dict=dictionary).decompress(data)


def _moved(span: list[int], before: int) -> Span:
    start, length = span
    return (start - before, length) if length else NOTHING
