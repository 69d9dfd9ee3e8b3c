//! Blocking, non-blocking, and with a timeout.

use std::ffi::c_void;

use super::SocketObject;
use crate::errors::PyResult;
use crate::export::Arguments;
use crate::ffi;
use crate::object::{Borrowed, Object};
use crate::state::state;
use crate::timeout::PythonTimeout;

/// `settimeout(value)`.
pub(super) fn settimeout(arguments: Arguments<'_>) -> PyResult<Object> {
    let timeout = PythonTimeout::parse(arguments.given)?;
    SocketObject::of(arguments.this).set_timeout(timeout)?;
    Ok(Object::none())
}

/// `setblocking(flag)`.
pub(super) fn setblocking(arguments: Arguments<'_>) -> PyResult<Object> {
    let blocking = arguments.given.is_true()?;
    let timeout = if blocking { PythonTimeout::BLOCKING } else { PythonTimeout::NON_BLOCKING };
    SocketObject::of(arguments.this).set_timeout(timeout)?;
    Ok(Object::none())
}

/// `gettimeout()`.
pub(super) fn gettimeout(arguments: Arguments<'_>) -> PyResult<Object> {
    SocketObject::of(arguments.this).timeout.get().to_python()
}

/// `getblocking()`: a socket with a timeout blocks, in this sense.
pub(super) fn getblocking(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::boolean(SocketObject::of(arguments.this).timeout.get() != PythonTimeout::NON_BLOCKING)
}

/// The attribute `timeout`.
pub(super) unsafe extern "C" fn timeout_property(object: *mut ffi::PyObject, _: *mut c_void) -> *mut ffi::PyObject {
    // SAFETY: CPython calls it with an instance that is alive.
    let Some(object) = (unsafe { Borrowed::from_pointer(object) }) else { return std::ptr::null_mut() };
    SocketObject::of(object).timeout.get().to_python().map_or(std::ptr::null_mut(), Object::into_pointer)
}

impl SocketObject {
    /// Sets the timeout of this object, and with it the mode of the open description, which other objects may share: only
    /// `None` leaves it blocking.
    pub(super) fn set_timeout(&self, timeout: PythonTimeout) -> PyResult<()> {
        self.timeout.set(timeout);
        state().sockets.set_nonblocking(self.fd()?, !timeout.is_blocking())?;
        Ok(())
    }
}
