"""Python's `socket` and `select` modules for WebAssembly components.

To import this package is enough: `socket`, `select`, `selectors`, `asyncio`
and all that is built on them then use its sockets. Import it before anything
else, in an application that componentize-py builds at the top of its module.
"""

from .install import install

__all__ = ["install"]

install()
