"""Which files `wasocket build` embeds."""

import os
import tempfile
import unittest
from pathlib import Path

from wasocket.bundle import TooManyFiles, bundle
from wasocket.imports import imported_names


class ImportedNames(unittest.TestCase):
    """Imports, read from syntax."""

    def names(self, source: str, module: str = "__main__", is_package: bool = False) -> list[str]:
        return sorted(imported_names(source.encode(), module, is_package))

    def test_import(self) -> None:
        self.assertEqual(self.names("import a, b.c as d"), ["a", "b.c"])

    def test_from(self) -> None:
        self.assertEqual(self.names("from a.b import c, d"), ["a.b", "a.b.c", "a.b.d"])
        self.assertEqual(self.names("from a import *"), ["a"])

    def test_relative(self) -> None:
        self.assertEqual(self.names("from . import c", "a.b"), ["a", "a.c"])
        self.assertEqual(self.names("from . import c", "a.b", is_package=True), ["a.b", "a.b.c"])
        self.assertEqual(self.names("from ..x import y", "a.b.c"), ["a.x", "a.x.y"])
        self.assertEqual(self.names("from ... import y", "a.b"), [])

    def test_anywhere(self) -> None:
        self.assertEqual(self.names("def f():\n  try:\n    import a\n  except ImportError: import b"), ["a", "b"])

    def test_by_function(self) -> None:
        source = "importlib.import_module('a.b'); __import__('c'); import_module(name)"
        self.assertEqual(self.names(source), ["a.b", "c"])


class Bundling(unittest.TestCase):
    """Files on disk, and the ones that are chosen."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, **files: str) -> None:
        """Python files by name, with "__" for "/" and "_py" for ".py"."""
        for name, text in files.items():
            path = self.folder / (name.replace("__", "/").removesuffix("_py") + ".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def bundle(self, *python_path: str):
        return bundle(str(self.folder / "app.py"), [str(self.folder / path) for path in python_path])

    def test_only_what_is_imported(self) -> None:
        self.write(app_py="import one, json", one_py="import two", two_py="", unused_py="")
        main, result = self.bundle()
        self.assertEqual((main, sorted(result.files)), ("app.py", ["app.py", "one.py", "two.py"]))
        self.assertEqual((result.missing, result.problems()), (set(), []))

    def test_packages_come_whole(self) -> None:
        self.write(app_py="from package.inner import x")
        package = self.folder / "package"
        (package / "__pycache__").mkdir(parents=True)
        for name in ("__init__.py", "data.txt", "__pycache__/x.pyc"):
            (package / name).write_text("")
        (package / "inner.py").write_text("import helper")
        self.write(helper_py="")
        _, result = self.bundle()
        wanted = ["app.py", "helper.py", "package/__init__.py", "package/data.txt", "package/inner.py"]
        self.assertEqual(sorted(result.files), wanted)

    def test_missing_modules_are_named(self) -> None:
        self.write(app_py="import simplejson\nimport wasocket")
        self.assertEqual(self.bundle()[1].missing, {"simplejson"})

    def test_python_path_comes_whole_and_hides_nothing(self) -> None:
        self.write(app_py="import shared, third", shared_py="1", lib__shared_py="2", lib__third_py="", lib__extra_py="")
        _, result = self.bundle("lib")
        self.assertEqual(sorted(result.files), ["app.py", "extra.py", "shared.py", "third.py"])
        self.assertEqual(result.files["shared.py"], str(self.folder / "shared.py"))
        self.assertEqual(result.missing, set())

    def test_syntax_errors_have_a_place(self) -> None:
        self.write(app_py="import wrong", wrong_py="x = 1\ny = (\n")
        [problem] = self.bundle()[1].problems()
        self.assertRegex(problem, r"/wrong\.py:2:5: SyntaxError: '\(' was never closed$")

    def test_a_missing_script(self) -> None:
        [problem] = self.bundle()[1].problems()
        self.assertRegex(problem, r"/app\.py: No such file or directory$")

    def test_links_are_followed(self) -> None:
        self.write(app_py="import package.linked.inner", real__inner_py="import helper", helper_py="")
        (self.folder / "real" / "data.txt").write_text("")
        (self.folder / "package").mkdir()
        (self.folder / "package" / "linked").symlink_to("../real")
        (self.folder / "package" / "data.txt").symlink_to("../real/data.txt")
        _, result = self.bundle()
        inside = ["data.txt", "linked/data.txt", "linked/inner.py"]
        self.assertEqual(sorted(result.files), ["app.py", "helper.py", *(f"package/{name}" for name in inside)])

    def test_links_that_lead_round_end(self) -> None:
        self.write(app_py="import package.one.link.two", package__one__a_py="", package__two__b_py="")
        package = self.folder / "package"
        (package / "up").symlink_to(".")
        (package / "one" / "link").symlink_to("../two")
        (package / "two" / "link").symlink_to("../one")
        _, result = self.bundle()
        inside = ["one/a.py", "one/link/b.py", "two/b.py", "two/link/a.py"]
        self.assertEqual(sorted(result.files), ["app.py", *(f"package/{name}" for name in inside)])

    def test_links_that_make_many_of_a_few_are_refused(self) -> None:
        self.write(app_py="import package", package__x_py="")
        for level in range(30):
            folder = self.folder / "levels" / str(level)
            folder.mkdir(parents=True)
            for name in ("left", "right"):
                (folder / name).symlink_to(f"../{level + 1}")
        (self.folder / "levels" / "30").mkdir()
        self.bundle()
        (self.folder / "package" / "many").symlink_to("../levels/0")
        with self.assertRaisesRegex(TooManyFiles, r"/package: there are .* 1000 links can be embedded$"):
            self.bundle()

    def test_what_is_no_regular_file_is_not_opened(self) -> None:
        self.write(app_py="import package.module", package__x_py="")
        os.mkfifo(self.folder / "package" / "module.py")
        os.mkfifo(self.folder / "package" / "data")
        _, result = self.bundle()
        [problem] = result.problems()
        self.assertRegex(problem, r"/package/module\.py: it is not a regular file$")
        self.assertIn("package/data", result.files, "whoever reads the files refuses it")


if __name__ == "__main__":
    unittest.main()
