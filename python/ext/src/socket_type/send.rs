//! `send`, `sendall` and `sendto`.

use std::ffi::c_int;

use wasocket::message::MessageFlags;

use super::SocketObject;
use crate::address;
use crate::arguments::{Buffer, parse_tuple};
use crate::audit::audit;
use crate::errors::{Exception, PyResult};
use crate::export::Arguments;
use crate::object::{Borrowed, Object};
use crate::state::state;

/// `send(data[, flags])`.
pub(super) fn send(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut data, mut flags): (_, c_int) = (Buffer::empty(), 0);
    parse_tuple!(arguments.given, c"y*|i:send", &raw mut data, &raw mut flags)?;
    let socket = SocketObject::of(arguments.this);
    let parts = &[data.bytes()];
    let sent = state().sockets.send(socket.fd()?, parts, message_flags(flags), None, socket.timeout())?;
    state().pending_call.after_write();
    Object::size(sent)
}

/// `sendall(data[, flags])`.
pub(super) fn sendall(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut data, mut flags): (_, c_int) = (Buffer::empty(), 0);
    parse_tuple!(arguments.given, c"y*|i:sendall", &raw mut data, &raw mut flags)?;
    let socket = SocketObject::of(arguments.this);
    state().sockets.send_all(socket.fd()?, data.bytes(), message_flags(flags), socket.timeout())?;
    state().pending_call.after_write();
    Ok(Object::none())
}

/// `sendto(data[, flags], address)`.
pub(super) fn sendto(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut data, mut flags, mut address): (_, c_int, _) = (Buffer::empty(), 0, std::ptr::null_mut());
    // SAFETY: it is the tuple of our arguments.
    match unsafe { crate::ffi::PyTuple_Size(arguments.given.as_pointer()) } {
        2 => parse_tuple!(arguments.given, c"y*O:sendto", &raw mut data, &raw mut address)?,
        3 => parse_tuple!(arguments.given, c"y*iO:sendto", &raw mut data, &raw mut flags, &raw mut address)?,
        given => {
            return Err(Exception::Type.raise(&format!("sendto() takes 2 or 3 arguments ({given} given)")));
        }
    }
    // SAFETY: the parser borrowed it from the arguments.
    let address = unsafe { Borrowed::from_pointer(address) }.unwrap_or(arguments.given);
    let socket = SocketObject::of(arguments.this);
    let remote = address::from_python(socket.family.get(), address, "sendto")?;
    audit(c"socket.sendto", [arguments.this.own(), address.own()])?;
    let parts = &[data.bytes()];
    Object::size(state().sockets.send(socket.fd()?, parts, message_flags(flags), Some(&remote), socket.timeout())?)
}

/// `flags` as the sockets take them.
pub(super) fn message_flags(flags: c_int) -> MessageFlags {
    MessageFlags::from_bits_retain(flags.cast_unsigned())
}
