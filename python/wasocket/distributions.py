"""`importlib.metadata` over a `Tree`: the `.dist-info` folders of packages that were installed into it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import Distribution, DistributionFinder, Prepared

from .resources import TreePath
from .tree import Tree, join

SUFFIX = ".dist-info"


class TreeDistribution(Distribution):
    """One installed package."""

    def __init__(self, tree: Tree, folder: str) -> None:
        self._tree = tree
        self._folder = folder

    def read_text(self, filename: str) -> str | None:
        """A file of the `.dist-info` folder."""
        name = join(self._folder, filename)
        return self._tree.read(name).decode("utf-8") if name in self._tree.files else None

    def locate_file(self, path: object) -> TreePath:
        """A file of the package by its path in `RECORD`."""
        return TreePath(self._tree, "").joinpath(str(path))


def find(tree: Tree, context: DistributionFinder.Context) -> Iterator[TreeDistribution]:
    """The packages of that name, or all of them."""
    wanted = Prepared(context.name).normalized if context.name else None
    for entry in sorted(tree.folders[""]):
        name, separator, _ = entry.removesuffix(SUFFIX).partition("-")
        if entry.endswith(SUFFIX) and separator and wanted in (None, Prepared.normalize(name)):
            yield TreeDistribution(tree, entry)
