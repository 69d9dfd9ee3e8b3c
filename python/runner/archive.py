"""The standard library, in the file that `cargo xtask build` makes of it.

The file begins with the length of its index, in eight bytes, and the index,
in JSON. Sources and code are compressed, each by itself.
"""

from __future__ import annotations

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
    """The library in a file, which is open until the code is forgotten that nobody needs any more.

    Only then the rest is read, to where it stays: what is read before would leave a gap in the memory that is kept.
    """

    def __init__(self, path: str, root: str) -> None:
        """Open the file `path`, for a library at `root`."""
        self._file = open(path, "rb")
        self._data = bytearray()
        index = json.loads(self._file.read(int.from_bytes(self._file.read(8), "little")))
        begin = self._file.tell()
        # They come first, and zstd keeps copies.
        lengths = [length for _, length in index["dictionaries"]]
        self._of_contents, self._of_codes = (_zstd.ZstdDict(self._file.read(length)) for length in lengths)
        files = index["files"].items()
        self._contents = {name: _moved(content, begin) for name, (content, _) in files}
        self._codes = {name: _moved(code, begin) for name, (_, code) in files}
        super().__init__(root, self._contents, self._content, self._module_code)

    def forget_code(self, names: Iterable[str]) -> None:
        """Give up the code of modules that have been imported; who asks for it again gets it compiled anew."""
        for name in names:
            self._codes[name] = NOTHING
        all_spans = (self._contents, self._codes)
        data = bytearray(sum(length for spans in all_spans for _, length in spans.values()))
        place = 0
        for spans in all_spans:
            for name, (start, length) in spans.items():
                data[place : place + length] = self._stored(start, length)
                spans[name] = (place, length)
                place += length
        self._file.close()
        self._data = data

    def _content(self, name: str) -> bytes | None:
        return self._part(self._contents[name], self._of_contents) if name in self._contents else None

    def _module_code(self, name: str) -> CodeType | None:
        part = self._part(self._codes[name], self._of_codes)
        return marshal.loads(part) if part else None

    def _part(self, span: Span, dictionary: _zstd.ZstdDict) -> bytes:
        start, length = span
        if not length:
            return b""
        return _zstd.ZstdDecompressor(zstd_dict=dictionary).decompress(self._stored(start, length))

    def _stored(self, start: int, length: int) -> bytes | memoryview:
        if self._file.closed:
            return memoryview(self._data)[start : start + length]
        self._file.seek(start)
        return self._file.read(length)


def _moved(span: list[int], by: int) -> Span:
    start, length = span
    return (start + by, length) if length else NOTHING
