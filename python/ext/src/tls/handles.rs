//! Contexts, connections and sessions as Python holds them: capsules.

use std::cell::RefCell;
use std::ffi::{CStr, c_void};

use wasocket_tls::{Connection, Context, Session};

use crate::errors::{Exception, PyResult, Raised};
use crate::ffi;
use crate::object::{Borrowed, Object};

/// What a capsule may contain.
pub(super) trait InCapsule: Sized + 'static {
    /// The name by which CPython distinguishes capsules.
    const NAME: &'static CStr;
}

impl InCapsule for Context {
    const NAME: &'static CStr = c"wasocket.tls.context";
}

impl InCapsule for Connection {
    const NAME: &'static CStr = c"wasocket.tls.connection";
}

impl InCapsule for Session {
    const NAME: &'static CStr = c"wasocket.tls.session";
}

/// A capsule that owns `value`.
pub(super) fn wrap<T: InCapsule>(value: T) -> PyResult<Object> {
    let pointer = Box::into_raw(Box::new(RefCell::new(value)));
    // SAFETY: the pointer is not NULL, the name is static, and the destructor is for this type.
    let capsule = unsafe { ffi::PyCapsule_New(pointer.cast(), T::NAME.as_ptr(), Some(destroy::<T>)) };
    Object::from_new(capsule).inspect_err(|Raised| {
        // SAFETY: no capsule has taken it over.
        drop(unsafe { Box::from_raw(pointer) });
    })
}

/// Does something with what `capsule` holds. No Python code may run in it.
pub(super) fn with<T: InCapsule, R>(capsule: Borrowed<'_>, act: impl FnOnce(&mut T) -> R) -> PyResult<R> {
    // SAFETY: the object is alive; CPython checks that it is a capsule of this name.
    let pointer = unsafe { ffi::PyCapsule_GetPointer(capsule.as_pointer(), T::NAME.as_ptr()) };
    // SAFETY: only `wrap` makes capsules of this name, and they live until their destructor.
    let Some(cell) = (unsafe { pointer.cast::<RefCell<T>>().as_ref() }) else { return Err(Raised) };
    match cell.try_borrow_mut() {
        Ok(mut held) => Ok(act(&mut held)),
        Err(_) => Err(Exception::Value.raise("this part of TLS is in use by its own callback")),
    }
}

unsafe extern "C" fn destroy<T: InCapsule>(capsule: *mut ffi::PyObject) {
    // SAFETY: CPython passes the capsule that `wrap` made, once; nothing refers to its content any more.
    unsafe {
        let pointer: *mut c_void = ffi::PyCapsule_GetPointer(capsule, T::NAME.as_ptr());
        if !pointer.is_null() {
            drop(Box::from_raw(pointer.cast::<RefCell<T>>()));
        }
    }
}
