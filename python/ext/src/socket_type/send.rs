//! `send`, `sendall` and `sendto`.

use std::ffi::c_int;

use wasocket::message::MessageFlags;
use wasocket::sockets::Events;

use super::SocketObject;
use crate::address;
use crate::arguments::{Buffer, parse_tuple};
use crate::audit::audit;
use crate::blocked::before_waiting;
use crate::coalescing;
use crate::errors::{Exception, PyResult};
use crate::export::Arguments;
use crate::object::{Borrowed, Object};
use crate::state::state;

/// `send(data[, flags])`.
pub(super) fn send(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut data, mut flags): (_, c_int) = (Buffer::empty(), 0);
    let parsed = parse_tuple!(arguments.given, c"y*|i:send", &raw mut data, &raw mut flags);
    parsed.inspect_err(|_| coalescing::flush_all())?;
    let socket = SocketObject::of(arguments.this);
    if socket.coalesce(data.bytes(), flags)? {
        return Object::size(data.len());
    }
    let fd = socket.data_fd()?;
    let timeout = before_waiting(fd, Events::OUT, socket.timeout())?;
    let sent = state().sockets.send(fd, &[data.bytes()], message_flags(flags), None, timeout);
    state().epolls.after_sending(fd, data.len(), &sent);
    Object::size(sent?)
}

/// `sendall(data[, flags])`.
pub(super) fn sendall(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut data, mut flags): (_, c_int) = (Buffer::empty(), 0);
    let parsed = parse_tuple!(arguments.given, c"y*|i:sendall", &raw mut data, &raw mut flags);
    parsed.inspect_err(|_| coalescing::flush_all())?;
    let socket = SocketObject::of(arguments.this);
    if !socket.coalesce(data.bytes(), flags)? {
        let fd = socket.data_fd()?;
        let timeout = before_waiting(fd, Events::OUT, socket.timeout())?;
        let sent = state().sockets.send_all(fd, data.bytes(), message_flags(flags), timeout);
        state().epolls.after_sending(fd, data.len(), &sent.as_ref().map(|()| data.len()));
        sent?;
    }
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
    let fd = socket.data_fd()?;
    let sent = state().sockets.send(fd, &[data.bytes()], message_flags(flags), Some(&remote), socket.timeout());
    state().epolls.after_sending(fd, data.len(), &sent);
    Object::size(sent?)
}

/// `flags` as the sockets take them.
pub(super) fn message_flags(flags: c_int) -> MessageFlags {
    MessageFlags::from_bits(flags.cast_unsigned())
}

impl SocketObject {
    /// Takes a small write on a socket that asked for `TCP_NODELAY` into the bytes that it holds back; false if it is not
    /// to be held: then nothing is held any more.
    fn coalesce(&self, data: &[u8], flags: c_int) -> PyResult<bool> {
        if !state().coalescing.is_on() {
            return Ok(false);
        }
        state().coalescing.take(self.data_fd()?, data, flags, self.timeout())
    }
}
