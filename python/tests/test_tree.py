"""Files in memory, and importing from them."""

import errno
import importlib
import importlib.metadata
import importlib.resources
import linecache
import pkgutil
import sys
import unittest
from types import ModuleType

from wasocket import finder
from wasocket.preloaded_store import PreloadedStore
from wasocket.tree import Tree

FILES = {
    "tree_app.py": b"from tree_package import inner\nanswer = inner.answer\n",
    "tree_package/__init__.py": b"name = __name__\n",
    "tree_package/inner.py": b"# coding: latin-1\nanswer = '\xe9'\ndef boom():\n    raise ValueError(answer)\n",
    "tree_package/data/text.txt": b"text",
    "tree_namespace/part.py": b"here = __file__\n",
    "tree_dist-1.5.dist-info/METADATA": b"Metadata-Version: 2.1\nName: Tree.Dist\nVersion: 1.5\n",
    "tree_broken.py": b"import tree_package\nx =\n",
}
ROOT = "/virtual"
RESOURCES = unittest.skipIf(sys.version_info < (3, 11), "the guest's Python has the later form of importlib.resources")


class Importing(unittest.TestCase):
    """One tree on `sys.path`."""

    def setUp(self) -> None:
        before = list(sys.path), list(sys.path_hooks), list(sys.meta_path), set(sys.modules)
        self.addCleanup(self._restore, *before)
        self.tree = Tree(ROOT, FILES, FILES.get)
        finder.install(self.tree)
        sys.path.insert(0, ROOT)

    def _restore(self, path: list, hooks: list, finders: list, modules: set) -> None:
        sys.path[:], sys.path_hooks[:], sys.meta_path[:] = path, hooks, finders
        sys.path_importer_cache.clear()
        for name in set(sys.modules) - modules:
            del sys.modules[name]

    def test_modules_and_packages(self) -> None:
        module = importlib.import_module("tree_app")
        self.assertEqual(module.answer, "é")
        self.assertEqual(module.__file__, "/virtual/tree_app.py")
        self.assertEqual(sys.modules["tree_package"].__path__, ["/virtual/tree_package"])

    def test_namespace_package(self) -> None:
        self.assertEqual(importlib.import_module("tree_namespace.part").here, "/virtual/tree_namespace/part.py")

    def test_missing_module(self) -> None:
        with self.assertRaises(ModuleNotFoundError):
            importlib.import_module("tree_package.nothing")

    def test_syntax_error_names_the_virtual_path(self) -> None:
        with self.assertRaises(SyntaxError) as caught:
            importlib.import_module("tree_broken")
        self.assertEqual((caught.exception.filename, caught.exception.lineno), ("/virtual/tree_broken.py", 2))

    def test_source_lines_in_the_file_s_encoding(self) -> None:
        module = importlib.import_module("tree_package.inner")
        linecache.lazycache(module.__file__, vars(module))
        self.assertEqual(linecache.getline(module.__file__, 2), "answer = 'é'\n")

    @RESOURCES
    def test_package_data(self) -> None:
        self.assertEqual(pkgutil.get_data("tree_package", "data/../data/text.txt"), b"text")
        folder = importlib.resources.files("tree_package")
        self.assertEqual((folder / "data" / "text.txt").read_text(), "text")
        self.assertEqual(sorted(entry.name for entry in folder.iterdir()), ["__init__.py", "data", "inner.py"])
        self.assertTrue((folder / "data").is_dir())
        self.assertFalse((folder / "none").is_file())

    def test_missing_data(self) -> None:
        with self.assertRaises(FileNotFoundError) as caught:
            pkgutil.get_data("tree_package", "none.txt")
        self.assertEqual(caught.exception.errno, errno.ENOENT)
        self.assertEqual(caught.exception.filename, "/virtual/tree_package/none.txt")

    @RESOURCES
    def test_embedded_files_are_read_only(self) -> None:
        with self.assertRaises(ValueError):
            (importlib.resources.files("tree_package") / "data" / "text.txt").open("w")

    def test_installed_packages(self) -> None:
        self.assertEqual(importlib.metadata.version("tree-dist"), "1.5")
        self.assertIn("Tree.Dist", [found.metadata["Name"] for found in importlib.metadata.distributions()])
        with self.assertRaises(importlib.metadata.PackageNotFoundError):
            importlib.metadata.version("tree")

    def test_listing_modules(self) -> None:
        found = {module.name: module.ispkg for module in pkgutil.iter_modules([ROOT])}
        self.assertEqual(found, {"tree_app": False, "tree_broken": False, "tree_package": True})


class Preloading(unittest.TestCase):
    """Modules that wait for their import."""

    def setUp(self) -> None:
        self.store = PreloadedStore(ROOT)
        self.first, self.second = ModuleType("preloaded_first"), ModuleType("preloaded_second")
        self.first.second = self.second
        self.store.hide({"preloaded_first": self.first, "preloaded_second": self.second})
        self.store.relate()
        self.addCleanup(sys.modules.pop, "preloaded_second", None)
        tree = Tree(ROOT, {"preloaded_first.py"}, {"preloaded_first.py": b""}.get)
        self.loader = finder.TreeLoader(tree, "preloaded_first", "preloaded_first.py", self.store)

    def test_the_module_is_not_run_again(self) -> None:
        self.assertIs(self.loader.create_module(importlib.machinery.ModuleSpec("preloaded_first", None)), self.first)
        self.loader.exec_module(self.first)
        self.assertNotIn("preloaded_first", self.store.modules)

    def test_what_it_imported_appears_with_it(self) -> None:
        self.assertNotIn("preloaded_second", sys.modules)
        self.loader.exec_module(self.first)
        self.assertIs(sys.modules["preloaded_second"], self.second)


if __name__ == "__main__":
    unittest.main()
