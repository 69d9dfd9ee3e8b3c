//! Making modules, and putting things into them.

use std::cell::UnsafeCell;
use std::ffi::CStr;

use crate::errors::{PyResult, Raised};
use crate::ffi;
use crate::object::Object;

/// A definition, which CPython writes to.
pub(crate) struct Definition(UnsafeCell<ffi::PyModuleDef>);

// SAFETY: only CPython uses it, and there are no threads (see `state`).
unsafe impl Sync for Definition {}

impl Definition {
    /// A module without state.
    pub(crate) const fn new(name: &'static CStr, doc: &'static CStr, functions: &'static [ffi::PyMethodDef]) -> Self {
        Self(UnsafeCell::new(ffi::PyModuleDef {
            m_base: ffi::PyModuleDef_HEAD_INIT,
            m_name: name.as_ptr(),
            m_doc: doc.as_ptr(),
            m_size: -1,
            m_methods: functions.as_ptr().cast_mut(),
            m_slots: std::ptr::null_mut(),
            m_traverse: None,
            m_clear: None,
            m_free: None,
        }))
    }

    /// Makes the module.
    pub(crate) fn make(&'static self) -> PyResult<Object> {
        // SAFETY: the definition is static, and CPython alone writes to it.
        Object::from_new(unsafe { ffi::PyModule_Create(self.0.get()) })
    }
}

/// Adds an object.
pub(crate) fn add(module: &Object, name: &CStr, object: &Object) -> PyResult<()> {
    // SAFETY: all of them are alive; the module takes a reference of its own.
    let failed = unsafe { ffi::PyModule_AddObjectRef(module.as_pointer(), name.as_ptr(), object.as_pointer()) } < 0;
    if failed { Err(Raised) } else { Ok(()) }
}

/// Adds something under a name that Rust has.
pub(crate) fn add_named(module: &Object, name: &str, object: &Object) -> PyResult<()> {
    let name = Object::text(name)?;
    // SAFETY: all of them are alive.
    let failed = unsafe { ffi::PyObject_SetAttr(module.as_pointer(), name.as_pointer(), object.as_pointer()) } < 0;
    if failed { Err(Raised) } else { Ok(()) }
}

/// `OSError`.
pub(crate) fn os_error() -> PyResult<Object> {
    // SAFETY: CPython sets it before it runs anything.
    exception(unsafe { ffi::PyExc_OSError })
}

/// `TimeoutError`.
pub(crate) fn timeout_error() -> PyResult<Object> {
    // SAFETY: as above.
    exception(unsafe { ffi::PyExc_TimeoutError })
}

fn exception(class: *mut ffi::PyObject) -> PyResult<Object> {
    // SAFETY: built-in exceptions live as long as the interpreter.
    unsafe { crate::object::Borrowed::from_pointer(class) }.map(crate::object::Borrowed::own).ok_or(Raised)
}

/// A subclass of `OSError` with the full name `name`.
pub(crate) fn new_os_error(name: &CStr) -> PyResult<Object> {
    let base = os_error()?;
    // SAFETY: all of them are alive.
    Object::from_new(unsafe { ffi::PyErr_NewException(name.as_ptr(), base.as_pointer(), std::ptr::null_mut()) })
}
