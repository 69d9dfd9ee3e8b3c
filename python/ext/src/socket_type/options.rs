//! `getsockopt` and `setsockopt`.

use std::ffi::{c_int, c_uint};

use wasocket::errno::Errno;
use wasocket::options::OptionValue;

use super::SocketObject;
use crate::arguments::{Buffer, parse_tuple};
use crate::errors::{Exception, PyResult, clear, errno_number};
use crate::export::Arguments;
use crate::ffi;
use crate::object::Object;
use crate::state::state;

/// The longest value that CPython asks for.
const MAX_LENGTH: c_int = 1024;

/// `getsockopt(level, option[, buflen])`.
pub(super) fn getsockopt(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut level, mut name, mut length): (c_int, c_int, c_int) = (0, 0, 0);
    parse_tuple!(arguments.given, c"ii|i:getsockopt", &raw mut level, &raw mut name, &raw mut length)?;
    if !(0..=MAX_LENGTH).contains(&length) {
        return Err(Exception::Os.raise("getsockopt buflen out of range"));
    }
    let fd = SocketObject::of(arguments.this).fd()?;
    let value = bytes_of(state().sockets.numbered_option(fd, level, name)?);
    if length == 0 {
        return Object::integer(integer_of(&value).into());
    }
    let length = usize::try_from(length).unwrap_or(0).min(value.len());
    Object::bytes(value.get(..length).unwrap_or_default())
}

/// A value in memory, as the kernel writes it.
fn bytes_of(value: OptionValue) -> Vec<u8> {
    match value {
        OptionValue::Int(value) => value.to_le_bytes().to_vec(),
        OptionValue::Bytes(bytes) => bytes,
        OptionValue::Error(errno) => errno.map_or(0, errno_number).to_le_bytes().to_vec(),
    }
}

/// The C `int` at the start of a value.
fn integer_of(value: &[u8]) -> c_int {
    let mut bytes = [0; 4];
    for (byte, from) in bytes.iter_mut().zip(value) {
        *byte = *from;
    }
    c_int::from_le_bytes(bytes)
}

/// `setsockopt(level, option, value)`: an integer, a buffer, or `None` and a size.
pub(super) fn setsockopt(arguments: Arguments<'_>) -> PyResult<Object> {
    let (level, name, value) = parse_set(arguments)?;
    let fd = SocketObject::of(arguments.this).fd()?;
    state().sockets.set_numbered_option(fd, level, name, &value)?;
    Ok(Object::none())
}

/// Tries the three forms in CPython's order; the last one's error is the one that is raised.
fn parse_set(arguments: Arguments<'_>) -> PyResult<(c_int, c_int, OptionValue)> {
    let (mut level, mut name, mut value): (c_int, c_int, c_int) = (0, 0, 0);
    let given = arguments.given;
    if parse_tuple!(given, c"iii:setsockopt", &raw mut level, &raw mut name, &raw mut value).is_ok() {
        return Ok((level, name, OptionValue::Int(value)));
    }
    clear();
    let (mut none, mut length): (*mut ffi::PyObject, c_uint) = (std::ptr::null_mut(), 0);
    // SAFETY: `None` is an object like any other.
    let none_type = unsafe { ffi::Py_TYPE(ffi::Py_None()) };
    let parsed = parse_tuple!(
        given,
        c"iiO!I:setsockopt",
        &raw mut level,
        &raw mut name,
        none_type,
        &raw mut none,
        &raw mut length,
    );
    if parsed.is_ok() {
        // The kernel would read the value at address 0, if it took one of that length.
        let errno = if usize::try_from(length).is_ok_and(|length| length < size_of::<c_int>()) {
            Errno::EINVAL
        } else {
            Errno::EFAULT
        };
        return Err(errno.into());
    }
    clear();
    let mut buffer = Buffer::empty();
    parse_tuple!(given, c"iiy*:setsockopt", &raw mut level, &raw mut name, &raw mut buffer)?;
    Ok((level, name, OptionValue::Bytes(buffer.bytes().to_vec())))
}
