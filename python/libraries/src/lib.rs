//! Nothing: the manifest names the sources of the C libraries that CPython is linked with.
