"""Python's `socket` and `select` modules for WebAssembly components."""
