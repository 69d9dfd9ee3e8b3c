"""The import system's view of a `Tree`: a path hook, its finder and its loader."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from importlib import _bootstrap  # type: ignore[attr-defined]
from importlib.machinery import ModuleSpec
from types import CodeType, ModuleType
from typing import Any

from .preloaded_store import PreloadedStore
from .tree import Tree, join


def path_hook(tree: Tree, store: PreloadedStore | None = None) -> Callable[[str], TreeFinder]:
    """An entry for `sys.path_hooks` that serves the folders of `tree`.

    Modules in `store` are not loaded again.
    """

    def hook(path: str) -> TreeFinder:
        name = tree.name_of(path)
        if name is None or name not in tree.folders:
            raise ImportError("not a folder of embedded files", path=path)
        return TreeFinder(tree, name, store)

    return hook


class TreeFinder:
    """Finds modules in one folder of a tree."""

    def __init__(self, tree: Tree, folder: str, store: PreloadedStore | None) -> None:
        self.tree = tree
        self.folder = folder
        self.store = store

    def find_spec(self, fullname: str, target: ModuleType | None = None) -> ModuleSpec | None:
        """The spec of a module, a package or a portion of a namespace package."""
        name = join(self.folder, fullname.rpartition(".")[2])
        if (package := join(name, "__init__.py")) in self.tree.files:
            return self._spec(fullname, package, name)
        if (module := name + ".py") in self.tree.files:
            return self._spec(fullname, module, None)
        if name in self.tree.folders:
            spec = ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [self.tree.path_of(name)]
            return spec
        return None

    def _spec(self, fullname: str, name: str, folder: str | None) -> ModuleSpec:
        loader = TreeLoader(self.tree, fullname, name, self.store)
        spec = ModuleSpec(fullname, loader, origin=self.tree.path_of(name), is_package=folder is not None)
        spec.has_location = True
        if folder is not None:
            spec.submodule_search_locations = [self.tree.path_of(folder)]
        return spec

    def invalidate_caches(self) -> None:
        """`importlib.invalidate_caches()`: the tree never changes."""

    def iter_modules(self, prefix: str = "") -> Iterator[tuple[str, bool]]:
        """`pkgutil.iter_modules()`: names and whether they are packages."""
        for entry in sorted(self.tree.folders[self.folder]):
            if join(join(self.folder, entry), "__init__.py") in self.tree.files:
                yield prefix + entry, True
            elif entry.endswith(".py") and entry != "__init__.py":
                yield prefix + entry.removesuffix(".py"), False


class TreeLoader:
    """Loads one module of a tree, and reads the files beside it."""

    def __init__(self, tree: Tree, fullname: str, name: str, store: PreloadedStore | None = None) -> None:
        self.tree = tree
        self.fullname = fullname
        self.name = name
        self.path = tree.path_of(name)
        self._store = store

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """The module as it was hidden, or None for a new one."""
        return None if self._store is None else self._store.modules.get(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code, unless it ran before it was hidden."""
        if self._store is None or not self._store.reveal(self.fullname, module):
            _bootstrap._call_with_frames_removed(exec, self.tree.code(self.name), module.__dict__)

    def is_package(self, fullname: str) -> bool:
        """Whether the module is a package."""
        return self.name == "__init__.py" or self.name.endswith("/__init__.py")

    def get_code(self, fullname: str) -> CodeType:
        """The module's code object."""
        return self.tree.code(self.name)

    def get_source(self, fullname: str) -> str:
        """The module's source, for tracebacks, `inspect` and `linecache`."""
        from importlib.util import decode_source

        return decode_source(self.tree.read(self.name))

    def get_filename(self, fullname: str) -> str:
        """The module's virtual path."""
        return self.path

    def get_data(self, path: str) -> bytes:
        """`pkgutil.get_data()`: a file of the tree by its virtual path."""
        name = self.tree.name_of(path)
        return self.tree.read(path if name is None else _normal(name))

    def get_resource_reader(self, fullname: str) -> Any:
        """`importlib.resources`: the files beside the module."""
        from .resources import TreeReader

        return TreeReader(self.tree, self.name.rpartition("/")[0])


class DistributionFinder:
    """An entry for `sys.meta_path` that `importlib.metadata` asks. It finds no modules."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree

    def find_spec(self, fullname: str, path: object = None, target: ModuleType | None = None) -> None:
        """The path hook finds modules."""

    def find_distributions(self, context: Any) -> Iterator[Any]:
        """`importlib.metadata.distributions()`: the packages that were installed into the tree."""
        from .distributions import find

        return find(self.tree, context)


def install(tree: Tree, store: PreloadedStore | None = None) -> None:
    """Let every `sys.path` entry inside the tree be served from it."""
    sys.path_hooks.insert(0, path_hook(tree, store))
    sys.path_importer_cache.clear()
    if any(folder.endswith(".dist-info") for folder in tree.folders):
        sys.meta_path.append(DistributionFinder(tree))


def _normal(name: str) -> str:
    """`name` without "." and ".." steps."""
    from posixpath import normpath

    return normpath(name)
