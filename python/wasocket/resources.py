"""`importlib.resources` over a `Tree`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib.resources.abc import Traversable, TraversableResources
from typing import Any

from .tree import Tree, join


class TreeReader(TraversableResources):
    """The resources of one package."""

    def __init__(self, tree: Tree, folder: str) -> None:
        self._files = TreePath(tree, folder)

    def files(self) -> Traversable:
        """The package's folder."""
        return self._files


class TreePath(Traversable):
    """A file or a folder of a tree."""

    def __init__(self, tree: Tree, path: str) -> None:
        self._tree = tree
        self._path = path

    def __repr__(self) -> str:
        return f"TreePath({self._tree.path_of(self._path)!r})"

    def __str__(self) -> str:
        return self._tree.path_of(self._path)

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self._path.rpartition("/")[2]

    def is_dir(self) -> bool:
        """Whether this is a folder."""
        return self._path in self._tree.folders

    def is_file(self) -> bool:
        """Whether this is a file."""
        return self._path in self._tree.files

    def iterdir(self) -> Iterator[TreePath]:
        """What is right in this folder."""
        for entry in sorted(self._tree.folders.get(self._path, ())):
            yield TreePath(self._tree, join(self._path, entry))

    def joinpath(self, *descendants: str) -> TreePath:
        """The file or folder of that name below this one."""
        path = self._path
        for descendant in descendants:
            for entry in str(descendant).split("/"):
                path = join(path, entry) if entry not in ("", ".") else path
        return TreePath(self._tree, path)

    def open(self, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        """The file's content as a file object, "r" or "rb"."""
        stream = io.BytesIO(self._tree.read(self._path))
        if mode == "rb":
            return stream
        if mode == "r":
            return io.TextIOWrapper(stream, *args, **kwargs)
        raise ValueError(f"embedded files can be opened as 'r' or 'rb' only, not {mode!r}")
