"""Python's `socket`, `select` and `_ssl` modules for WebAssembly components.

To import this package is enough: `socket`, `select`, `selectors`, `asyncio`
and all that is built on them then use its sockets. An application for
componentize-py imports it before anything else, at the top of its module.
With the wheel installed, this makes a component of `app.py`, whose class `Run`
has a method `run`::

    componentize-py componentize app -o app.wasm

An application with WIT of its own names its world in full::

    componentize-py -d wit -w my:app/app componentize app -o app.wasm
"""

from .install import install

__all__ = ["install"]

install()
