//! The end of a socket object: `close`, `detach`, and the collector.

use std::ffi::{c_int, c_void};

use wasocket::Error;
use wasocket::errno::Errno;

use super::{CLOSED, SocketObject};
use crate::errors::{PyResult, Raised, SavedException, warn_unclosed, warning_is_set, write_unraisable};
use crate::export::Arguments;
use crate::ffi;
use crate::object::{Borrowed, Object};
use crate::state::state;

/// `close()`. Closing twice is fine; a peer that reset the connection before is no error.
pub(super) fn close(arguments: Arguments<'_>) -> PyResult<Object> {
    let fd = SocketObject::of(arguments.this).fd.replace(CLOSED);
    if let Ok(fd) = u32::try_from(fd) {
        match state().sockets.close(fd) {
            Ok(()) | Err(Error::Os { errno: Errno::ECONNRESET, .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Object::none())
}

/// `detach()`.
pub(super) fn detach(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::integer(SocketObject::of(arguments.this).fd.replace(CLOSED).into())
}

/// `tp_finalize`: warns about a socket that was not closed, and closes it.
pub(super) unsafe extern "C" fn finalize(object: *mut ffi::PyObject) {
    // SAFETY: CPython calls it with an instance that is alive.
    let Some(object) = (unsafe { Borrowed::from_pointer(object) }) else { return };
    let socket = SocketObject::of(object);
    if socket.fd.get() == CLOSED {
        return;
    }
    let _saved = SavedException::save();
    if let Err(Raised) = warn_unclosed(object) {
        // Other errors are those of an interpreter that is shutting down.
        if warning_is_set() {
            write_unraisable(object);
        } else {
            crate::errors::clear();
        }
    }
    // Only now, so that what logged the warning could still call methods like getsockname().
    if let Ok(fd) = u32::try_from(socket.fd.replace(CLOSED)) {
        // Nobody is there to hear of an error.
        let _ = state().sockets.close(fd);
    }
}

/// `tp_traverse`: instances of a heap type refer to it.
pub(super) unsafe extern "C" fn traverse(
    object: *mut ffi::PyObject,
    visit: ffi::visitproc,
    data: *mut c_void,
) -> c_int {
    // SAFETY: CPython passes a live instance and a function for it.
    unsafe { visit(ffi::Py_TYPE(object).cast(), data) }
}

/// `tp_dealloc`.
pub(super) unsafe extern "C" fn deallocate(object: *mut ffi::PyObject) {
    // SAFETY: the protocol of a heap type with a finalizer: finalize, untrack, free, let go of the type. Every type has
    // `tp_free`, whose signature is `freefunc`.
    unsafe {
        if ffi::PyObject_CallFinalizerFromDealloc(object) < 0 {
            return;
        }
        ffi::PyObject_GC_UnTrack(object.cast());
        let class = ffi::Py_TYPE(object);
        let free = ffi::PyType_GetSlot(class, ffi::Py_tp_free);
        if !free.is_null() {
            let free = std::mem::transmute::<*mut c_void, ffi::freefunc>(free);
            free(object.cast());
        }
        ffi::Py_DECREF(class.cast());
    }
}
