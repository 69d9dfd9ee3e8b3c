"""Files in memory under a virtual folder, for the import system to read.

The standard library inside the interpreter component is such a tree, and so
are the files that `wasocket build` embeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import CodeType


class Tree:
    """A read-only folder of files that are not on any file system."""

    def __init__(
        self,
        root: str,
        names: Iterable[str],
        read: Callable[[str], bytes | None],
        code: Callable[[str], CodeType | None] | None = None,
    ) -> None:
        """Put the files `names` ("pkg/mod.py") under the folder `root`.

        `read` gives the content of a name, `code` the compiled form if there
        is one already.
        """
        self.root = root
        self.files = frozenset(names)
        self._read = read
        self._code = code
        self.folders = _folders(self.files)

    def name_of(self, path: str) -> str | None:
        """The name of `path` in this tree ("" for its root), or None if it is elsewhere."""
        if path == self.root:
            return ""
        prefix = self.root + "/"
        return path[len(prefix) :].rstrip("/") if path.startswith(prefix) else None

    def path_of(self, name: str) -> str:
        """The virtual path of `name`."""
        return f"{self.root}/{name}" if name else self.root

    def read(self, name: str) -> bytes:
        """The content of a file. FileNotFoundError if there is none of that name."""
        content = self._read(name) if name in self.files else None
        if content is None:
            raise FileNotFoundError(_missing(), "No such file or directory", self.path_of(name))
        return content

    def code(self, name: str) -> CodeType:
        """The code object of a source file."""
        code = self._code(name) if self._code is not None else None
        if code is None:
            code = compile(self.read(name), self.path_of(name), "exec", dont_inherit=True)
        return code


def join(folder: str, entry: str) -> str:
    """The name of `entry` in `folder`, where "" is the root."""
    return f"{folder}/{entry}" if folder else entry


def _folders(files: Iterable[str]) -> dict[str, set[str]]:
    """Every folder with the entries right in it."""
    folders: dict[str, set[str]] = {"": set()}
    for name in files:
        while name:
            folder, _, entry = name.rpartition("/")
            entries = folders.setdefault(folder, set())
            if entry in entries:
                break
            entries.add(entry)
            name = folder
    return folders


def _missing() -> int:
    """ENOENT, whose number differs between systems."""
    import errno

    return errno.ENOENT
