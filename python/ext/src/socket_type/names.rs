//! What a socket is called: its descriptor, its addresses, its `repr`.

use super::SocketObject;
use crate::address;
use crate::errors::PyResult;
use crate::export::Arguments;
use crate::ffi;
use crate::object::{Borrowed, Object};
use crate::state::state;

/// `fileno()`.
pub(super) fn fileno(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::integer(SocketObject::of(arguments.this).fd.get().into())
}

/// `getsockname()`.
pub(super) fn getsockname(arguments: Arguments<'_>) -> PyResult<Object> {
    let fd = SocketObject::of(arguments.this).fd()?;
    address::to_python(&state().sockets.local_address(fd)?)
}

/// `getpeername()`.
pub(super) fn getpeername(arguments: Arguments<'_>) -> PyResult<Object> {
    let fd = SocketObject::of(arguments.this).fd()?;
    address::to_python(&state().sockets.peer_address(fd)?)
}

/// `repr(socket)`; it works in every state.
pub(super) unsafe extern "C" fn repr(object: *mut ffi::PyObject) -> *mut ffi::PyObject {
    // SAFETY: CPython calls it with an instance that is alive.
    let Some(object) = (unsafe { Borrowed::from_pointer(object) }) else { return std::ptr::null_mut() };
    let socket = SocketObject::of(object);
    let text = format!(
        "<socket object, fd={}, family={}, type={}, proto={}>",
        socket.fd.get(),
        socket.family.get(),
        socket.kind.get(),
        socket.protocol.get()
    );
    Object::text(&text).map_or(std::ptr::null_mut(), Object::into_pointer)
}
