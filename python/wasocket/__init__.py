"""Python's `socket` and `select` modules for WebAssembly components.

To import this package is enough: `socket`, `select`, `selectors`, `asyncio`
and all that is built on them then use its sockets. An application for
componentize-py imports it before anything else, at the top of its module::

    componentize-py -d WASOCKET/wit -d wit -w my:app/app componentize app -p . -p PYTHON_PATH

where WASOCKET is this package's folder, PYTHON_PATH the one above it (and the
one with `_wasocket`'s shared library, if that is elsewhere). The application's
world says `include wasocket:python/sockets@0.1.0;`. WASI's packages come with
ours: the application's WIT needs no `deps` for them. An application that is a
command needs no WIT of its own: `-d WASOCKET/wit -w command`.
"""

from .install import install

__all__ = ["install"]

install()
