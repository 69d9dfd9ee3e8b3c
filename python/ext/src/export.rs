//! How Rust functions become methods: method tables, and the C functions that they point to.

use std::ffi::CStr;

use crate::errors::PyResult;
use crate::ffi;
use crate::object::{Borrowed, Object};

/// A table that CPython only reads.
pub(crate) struct Table<T>(pub(crate) T);

// SAFETY: nothing writes to it, and there are no threads (see `state`).
unsafe impl<T> Sync for Table<T> {}

impl<T, const N: usize> Table<[T; N]> {
    /// The table as CPython takes it.
    pub(crate) fn as_pointer(&'static self) -> *mut T {
        self.0.as_ptr().cast_mut()
    }
}

/// What a function got besides the object that it is a method of.
#[derive(Clone, Copy)]
pub(crate) struct Arguments<'a> {
    /// The object, or the module of a function.
    pub(crate) this: Borrowed<'a>,
    /// `METH_O`: the argument. `METH_VARARGS`: the tuple of them. `METH_NOARGS`: the object again.
    pub(crate) given: Borrowed<'a>,
    /// `METH_KEYWORDS`: the dictionary, if there is one.
    pub(crate) keywords: Option<Borrowed<'a>>,
}

/// Runs `function` for C.
pub(crate) fn call(
    function: impl Fn(Arguments<'_>) -> PyResult<Object>,
    this: *mut ffi::PyObject,
    given: *mut ffi::PyObject,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    // SAFETY: CPython keeps all of them alive during the call.
    let arguments = unsafe {
        let (Some(this), keywords) = (Borrowed::from_pointer(this), Borrowed::from_pointer(keywords)) else {
            return std::ptr::null_mut();
        };
        Arguments { this, given: Borrowed::from_pointer(given).unwrap_or(this), keywords }
    };
    function(arguments).map_or(std::ptr::null_mut(), Object::into_pointer)
}

/// An entry of a method table without keywords.
pub(crate) const fn entry(name: &CStr, method: ffi::PyCFunction, flags: i32, doc: &CStr) -> ffi::PyMethodDef {
    ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunction: method },
        ml_flags: flags,
        ml_doc: doc.as_ptr(),
    }
}

/// An entry of a method table with keywords.
pub(crate) const fn keyword_entry(name: &CStr, method: ffi::PyCFunctionWithKeywords, doc: &CStr) -> ffi::PyMethodDef {
    ffi::PyMethodDef {
        ml_name: name.as_ptr(),
        ml_meth: ffi::PyMethodDefPointer { PyCFunctionWithKeywords: method },
        ml_flags: ffi::METH_VARARGS | ffi::METH_KEYWORDS,
        ml_doc: doc.as_ptr(),
    }
}

/// A method: `method!(none | one | many | keywords, "name", function, "doc")`; `function` takes [`Arguments`].
macro_rules! method {
    (@trampoline $function:path) => {{
        unsafe extern "C" fn trampoline(
            this: *mut $crate::ffi::PyObject,
            given: *mut $crate::ffi::PyObject,
        ) -> *mut $crate::ffi::PyObject {
            $crate::export::call($function, this, given, std::ptr::null_mut())
        }
        trampoline
    }};
    (none, $name:literal, $function:path, $doc:literal) => {
        $crate::export::entry($name, method!(@trampoline $function), $crate::ffi::METH_NOARGS, $doc)
    };
    (one, $name:literal, $function:path, $doc:literal) => {
        $crate::export::entry($name, method!(@trampoline $function), $crate::ffi::METH_O, $doc)
    };
    (many, $name:literal, $function:path, $doc:literal) => {
        $crate::export::entry($name, method!(@trampoline $function), $crate::ffi::METH_VARARGS, $doc)
    };
    (keywords, $name:literal, $function:path, $doc:literal) => {{
        unsafe extern "C" fn trampoline(
            this: *mut $crate::ffi::PyObject,
            given: *mut $crate::ffi::PyObject,
            keywords: *mut $crate::ffi::PyObject,
        ) -> *mut $crate::ffi::PyObject {
            $crate::export::call($function, this, given, keywords)
        }
        $crate::export::keyword_entry($name, trampoline, $doc)
    }};
}
pub(crate) use method;

/// The end of a method table.
pub(crate) const END_OF_METHODS: ffi::PyMethodDef = ffi::PyMethodDef::zeroed();
