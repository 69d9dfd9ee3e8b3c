"""`MemoryBIO`: a buffer of bytes in place of a socket."""

from __future__ import annotations

from . import errors


class MemoryBIO:
    """A memory buffer that can be used to pass data between Python and an SSL protocol instance."""

    __module__ = "_ssl"
    __slots__ = ("_data", "_ended", "__weakref__")

    def __init__(self) -> None:
        self._data = bytearray()
        self._ended = False

    @property
    def pending(self) -> int:
        """The number of bytes pending in the memory BIO."""
        return len(self._data)

    @property
    def eof(self) -> bool:
        """Whether the memory BIO is at EOF."""
        return self._ended and not self._data

    def read(self, size: int = -1, /) -> bytes:
        """Read up to size bytes from the memory BIO; all of them if size is negative."""
        count = len(self._data) if size < 0 else min(size, len(self._data))
        with memoryview(self._data) as view:
            data = bytes(view[:count])
        del self._data[:count]
        return data

    def write(self, data: bytes, /) -> int:
        """Write the bytes of data into the memory BIO; how many there are."""
        with memoryview(data) as view:
            if not view.c_contiguous:
                raise BufferError("memoryview: underlying buffer is not C-contiguous")
            if self._ended:
                raise errors.plain("cannot write() after write_eof()")
            self._data += view.cast("B") if view.nbytes else b""
            return view.nbytes

    def write_eof(self) -> None:
        """Write an EOF marker: once all is read, the BIO is at EOF."""
        self._ended = True
