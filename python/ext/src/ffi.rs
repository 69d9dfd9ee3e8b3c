//! CPython's C interface: what `pyo3-ffi` declares, and the functions that it lacks.

pub(crate) use pyo3_ffi::*;

use std::ffi::{c_char, c_int};

unsafe extern "C" {
    /// Raises an audit event with a tuple of arguments; new in CPython 3.13.
    pub(crate) fn PySys_AuditTuple(event: *const c_char, arguments: *mut PyObject) -> c_int;
    /// Prints the exception that is set, with a text that says where it arose; new in CPython 3.13.
    pub(crate) fn PyErr_FormatUnraisable(format: *const c_char, ...);
    /// Runs a type's finalizer from its deallocator; -1 if the object came back to life.
    pub(crate) fn PyObject_CallFinalizerFromDealloc(object: *mut PyObject) -> c_int;
    /// Whether an object has `__index__`; `pyo3-ffi` gives it another name below the full interface.
    #[link_name = "PyIndex_Check"]
    pub(crate) fn has_index(object: *mut PyObject) -> c_int;
    /// The value of an integer as a C `int`; new in CPython 3.13.
    pub(crate) fn PyLong_AsInt(number: *mut PyObject) -> c_int;
    /// `fcntl(2)` of the C library that CPython itself uses: its files live there.
    pub(crate) fn fcntl(fd: c_int, command: c_int, ...) -> c_int;
    /// `close(2)` of the same C library.
    pub(crate) fn close(fd: c_int) -> c_int;
    /// Where the same C library keeps `errno`.
    pub(crate) fn __errno_location() -> *mut c_int;
}

/// `F_GETFL` of wasi-libc: fails exactly if the descriptor is not open, which `F_GETFD` does not ask.
pub(crate) const F_GETFL: c_int = 3;
