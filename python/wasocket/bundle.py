"""List the files that `wasocket build` embeds.

Runs inside the interpreter component itself, so that it reads imports and
syntax exactly as the interpreter that will run them::

    python -m wasocket.bundle [--python-path DIR]... SCRIPT

SCRIPT and every DIR are absolute guest paths, readable under the same path.
The answer is one JSON object on standard output::

    {
      "main": "app.py",
      "files": [{"name": "app.py", "path": "/home/me/app.py"}, ...],
      "missing": ["simplejson", ...]
    }

`name` is the embedded name (relative, with "/", sorted, no duplicates) and
`path` the guest path to copy it from. `main` is the name to give to
`main.embedded`. `missing` lists modules that are imported somewhere but found
neither in the standard library nor beside the program; that is no error, as
such imports are often guarded by `try`.

The status is 0, or 1 with one line per problem on standard error, such as
`/home/me/app.py:3:5: SyntaxError: invalid syntax`, and nothing on standard
output; 2 for wrong arguments.

What is embedded: the script; every module that it imports from its own
folder, and what those import in turn; a package whole, with its data files,
as soon as any part of it is imported; and every DIR whole. Where two places
offer the same top-level module, the first one wins, as on `sys.path`.

Links are followed within what the interpreter sees. The list may contain any
file, and links that lead out of the folders: the reader of the files has to
refuse everything but regular files below the folders.
"""

from __future__ import annotations

import argparse
import json
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

from .imports import imported_names

#: Folders that are never embedded: caches and the like.
SKIPPED_FOLDERS = frozenset({"__pycache__", ".git", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache"})
#: Files that are never embedded: caches, and code for other machines.
SKIPPED_ENDINGS = (".pyc", ".pyo", ".so", ".pyd", ".dll", ".dylib")
#: How many files and folders are looked at below one folder.
MOST_ENTRIES = 100_000
#: How many of them may be links to folders, since a few links can make any number of files.
MOST_LINKS = 1_000
#: What is in the interpreter besides the standard library.
OWN_MODULES = frozenset({"wasocket", "_wasocket"})


@dataclass
class Bundle:
    """The files that a program needs, collected step by step."""

    #: The script's folder.
    home: str
    #: The folders of `--python-path`.
    python_path: list[str]
    #: Embedded names with the paths that they come from.
    files: dict[str, str] = field(default_factory=dict)
    #: Names of modules, with dots, that are imported somewhere.
    imported: set[str] = field(default_factory=set)
    #: Top-level modules that are nowhere.
    missing: set[str] = field(default_factory=set)
    #: What is wrong with modules that could not be read, by module.
    broken: dict[str, str] = field(default_factory=dict)

    def problems(self) -> list[str]:
        """What is wrong with the script and the modules that are imported by name.

        Packages may hold files that are not for this version of Python.
        """
        return [text for module, text in self.broken.items() if module == "__main__" or module in self.imported]

    def add_script(self, path: str) -> str:
        """Add the script and all that it imports; its name."""
        name = os.path.basename(path)
        self.files[name] = path
        self._follow("__main__", path, is_package=False)
        return name

    def add_folder(self, root: str) -> None:
        """Add everything below a folder of the Python path but modules that an earlier folder has, too."""
        hidden = {top for name in self.files if (top := _regular_top(name))}
        for path in files_below(root):
            name = os.path.relpath(path, root)
            if _top(name) not in hidden:
                self.files.setdefault(name, path)

    def _follow(self, module: str, path: str, is_package: bool) -> None:
        """Add what the module in the file `path` imports."""
        try:
            source = _source(path)
            compile(source, path, "exec", dont_inherit=True)
            names = imported_names(source, module, is_package)
        except SyntaxError as error:
            self.broken[module] = _describe(path, error)
        except (OSError, ValueError) as error:
            self.broken[module] = f"{path}: {getattr(error, 'strerror', None) or error}"
        except (MemoryError, OverflowError):
            self.broken[module] = f"{path}: it is too large to be read"
        else:
            for name in names:
                self._add_import(name)

    def _add_import(self, name: str) -> None:
        """Note that `name` is imported, and add its top-level module if it is the program's own."""
        self.imported.add(name)
        top = name.partition(".")[0]
        file = os.path.join(self.home, top + ".py")
        folder = os.path.join(self.home, top)
        if self._has(top) or top in self.missing:
            return
        if os.path.isfile(os.path.join(folder, "__init__.py")):
            self._add_package(top, folder)
        elif os.path.isfile(file):
            self.files[top + ".py"] = file
            self._follow(top, file, is_package=False)
        elif not self._is_elsewhere(top):
            if os.path.isdir(folder):
                self._add_package(top, folder)
            else:
                self.missing.add(top)

    def _has(self, top: str) -> bool:
        """Whether the top-level module has been added."""
        return top == "__main__" or top + ".py" in self.files or any(name.startswith(top + "/") for name in self.files)

    def _is_elsewhere(self, top: str) -> bool:
        """Whether the interpreter or a folder of the Python path has the top-level module."""
        if top in sys.stdlib_module_names or top in sys.builtin_module_names or top in OWN_MODULES:
            return True
        places = (os.path.join(root, top) for root in self.python_path)
        return any(os.path.exists(place + ending) for place in places for ending in ("/__init__.py", ".py"))

    def _add_package(self, package: str, folder: str) -> None:
        """Add a package whole, and what its modules import."""
        modules = []
        for path in files_below(folder):
            name = f"{package}/{os.path.relpath(path, folder)}"
            self.files[name] = path
            if name.endswith(".py"):
                modules.append((name, path))
        for name, path in modules:
            module, is_package = _module_of(name)
            self._follow(module, path, is_package)


class TooManyFiles(Exception):
    """A folder has more below it than is looked at."""


def files_below(root: str) -> Iterator[str]:
    """Every file below a folder that is worth embedding; links to folders are followed, as import follows them."""
    # Each folder's real path, and those above it: by links a folder can be below itself, and there it ends.
    real = {root: (os.path.realpath(root), frozenset[str]())}
    entries = links = 0
    for folder, folders, files in os.walk(root, followlinks=True):
        here, above = real.pop(folder)
        above |= {here}
        inner = {}
        for name in sorted(set(folders) - SKIPPED_FOLDERS):
            path = os.path.join(folder, name)
            is_link = os.path.islink(path)
            target = os.path.realpath(path) if is_link else os.path.join(here, name)
            if target not in above:
                inner[name] = path
                real[path] = target, above
                links += is_link
        folders[:] = inner
        entries += len(folders) + len(files)
        if entries > MOST_ENTRIES or links > MOST_LINKS:
            raise TooManyFiles(
                f"{root}: there are {entries} files and folders below it or more, {links} of them links to folders; "
                f"{MOST_ENTRIES} with {MOST_LINKS} links can be embedded"
            )
        for file in sorted(files):
            if not file.endswith(SKIPPED_ENDINGS):
                yield os.path.join(folder, file)


def _source(path: str) -> bytes:
    """The bytes of a module; opening what is no regular file might never end."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise ValueError("it is not a regular file")
    with open(path, "rb") as file:
        return file.read()


def _top(name: str) -> str:
    """The top-level module that an embedded file belongs to."""
    return name.partition("/")[0].removesuffix(".py")


def _regular_top(name: str) -> str | None:
    """The top-level module that this file alone makes importable."""
    top = _top(name)
    return top if name in (top + ".py", top + "/__init__.py") else None


def _module_of(name: str) -> tuple[str, bool]:
    """The module in an embedded file, and whether it is a package."""
    stem = name.removesuffix(".py")
    is_package = stem.endswith("/__init__")
    return stem.removesuffix("/__init__").replace("/", "."), is_package


def _describe(path: str, error: SyntaxError) -> str:
    position = f"{error.lineno or 1}:{error.offset or 1}"
    return f"{path}:{position}: {type(error).__name__}: {error.msg}"


def bundle(script: str, python_path: list[str]) -> tuple[str, Bundle]:
    """The name of the script among the embedded files, and all of them."""
    result = Bundle(os.path.dirname(script), python_path)
    main = result.add_script(script)
    for folder in python_path:
        result.add_folder(folder)
    return main, result


def main() -> int:
    """`python -m wasocket.bundle`; the exit status."""
    parser = argparse.ArgumentParser(prog="wasocket.bundle", description="List the files that a program needs.")
    parser.add_argument("--python-path", metavar="DIR", action="append", default=[], help="embed this folder whole")
    parser.add_argument("script", metavar="SCRIPT", help="the program")
    arguments = parser.parse_args()
    try:
        name, result = bundle(arguments.script, arguments.python_path)
    except TooManyFiles as error:
        print(error, file=sys.stderr)
        return 1
    if problems := result.problems():
        print(*problems, sep="\n", file=sys.stderr)
        return 1
    files = [{"name": name, "path": path} for name, path in sorted(result.files.items())]
    json.dump({"main": name, "files": files, "missing": sorted(result.missing)}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
