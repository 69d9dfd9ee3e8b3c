//! `recv`, `recvfrom` and their forms that fill a buffer.

use std::ffi::c_int;

use wasocket::message::{MessageFlags, Received};

use super::SocketObject;
use crate::address;
use crate::arguments::{Buffer, names, parse_keywords, parse_tuple};
use crate::errors::{Exception, PyResult};
use crate::export::Arguments;
use crate::ffi::Py_ssize_t;
use crate::object::Object;
use crate::state::state;

impl SocketObject {
    /// Receives at most `max` bytes.
    pub(super) fn receive(&self, max: usize, flags: c_int) -> PyResult<Received> {
        let flags = MessageFlags::from_bits_retain(flags.cast_unsigned());
        Ok(state().sockets.receive(self.fd()?, max, flags, self.timeout())?)
    }
}

/// How many bytes a receive says it got: with `MSG_TRUNC` as many as the message had.
pub(super) fn reported_length(received: &Received, flags: c_int) -> usize {
    let whole = MessageFlags::from_bits_retain(flags.cast_unsigned()).contains(MessageFlags::TRUNC);
    if whole { received.length } else { received.data.len() }
}

/// `recv(bufsize[, flags])`.
pub(super) fn recv(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut size, mut flags): (Py_ssize_t, c_int) = (0, 0);
    parse_tuple!(arguments.given, c"n|i:recv", &raw mut size, &raw mut flags)?;
    let max = not_negative(size, "negative buffersize in recv")?;
    if max == 0 {
        // CPython does not ask the system for nothing.
        return Object::bytes(&[]);
    }
    let received = SocketObject::of(arguments.this).receive(max, flags)?;
    Object::bytes(&received.data)
}

/// `recvfrom(bufsize[, flags])`.
pub(super) fn recvfrom(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut size, mut flags): (Py_ssize_t, c_int) = (0, 0);
    parse_tuple!(arguments.given, c"n|i:recvfrom", &raw mut size, &raw mut flags)?;
    let max = not_negative(size, "negative buffersize in recvfrom")?;
    let received = SocketObject::of(arguments.this).receive(max, flags)?;
    Object::tuple([Object::bytes(&received.data)?, address::optional_to_python(received.from.as_ref())?])
}

/// `recv_into(buffer, [nbytes[, flags]])`.
pub(super) fn recv_into(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut buffer, mut size, mut flags): (_, Py_ssize_t, c_int) = (Buffer::empty(), 0, 0);
    parse_keywords!(
        arguments.given,
        arguments.keywords,
        c"w*|ni:recv_into",
        names!(c"buffer", c"nbytes", c"flags"),
        &raw mut buffer,
        &raw mut size,
        &raw mut flags,
    )?;
    let asked = not_negative(size, "negative buffersize in recv_into")?;
    let max = if asked == 0 { buffer.len() } else { asked };
    if max > buffer.len() {
        return Err(Exception::Value.raise("buffer too small for requested bytes"));
    }
    if max == 0 {
        return Object::integer(0);
    }
    let received = SocketObject::of(arguments.this).receive(max, flags)?;
    buffer.write(0, &received.data);
    Object::size(reported_length(&received, flags))
}

/// `recvfrom_into(buffer[, nbytes[, flags]])`.
pub(super) fn recvfrom_into(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut buffer, mut size, mut flags): (_, Py_ssize_t, c_int) = (Buffer::empty(), 0, 0);
    parse_keywords!(
        arguments.given,
        arguments.keywords,
        c"w*|ni:recvfrom_into",
        names!(c"buffer", c"nbytes", c"flags"),
        &raw mut buffer,
        &raw mut size,
        &raw mut flags,
    )?;
    let asked = not_negative(size, "negative buffersize in recvfrom_into")?;
    if asked > buffer.len() {
        return Err(Exception::Value.raise("nbytes is greater than the length of the buffer"));
    }
    let max = if asked == 0 { buffer.len() } else { asked };
    let received = SocketObject::of(arguments.this).receive(max, flags)?;
    buffer.write(0, &received.data);
    let length = Object::size(reported_length(&received, flags))?;
    Object::tuple([length, address::optional_to_python(received.from.as_ref())?])
}

/// A size that is a size.
pub(super) fn not_negative(size: Py_ssize_t, text: &str) -> PyResult<usize> {
    usize::try_from(size).map_err(|_| Exception::Value.raise(text))
}
