//! What `_ctypes` asks of libffi and of the loader of libraries: `python/interpreter/ffi/ffi.h` declares it for CPython.
//!
//! WebAssembly checks the type of every function that is called by its address, and a wrong one is a trap. So a call goes only to a
//! function whose type is known: one of a table, one of `_ctypes` itself, or one of Python's. No library can be loaded, and no code
//! made, so no other functions exist. An address that is none of them raises an exception.
//!
//! A function of Python's needs no code for this: its address is where its closure lies in memory, and a call finds it there.

mod call;
mod closures;
mod functions;
mod interface;
mod loading;
mod types;
