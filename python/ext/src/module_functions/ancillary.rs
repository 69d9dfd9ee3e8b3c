//! Ancillary data: the sizes of control messages in the layout of 64-bit Linux, and the ones a program sends.

use std::ffi::c_int;

use crate::arguments::{Buffer, Items, parse_tuple};
use crate::errors::{Exception, PyResult};
use crate::export::Arguments;
use crate::ffi::{self, Py_ssize_t};
use crate::object::{Borrowed, Object};

/// The largest size that fits a `socklen_t`, as CPython sees it.
const LIMIT: i64 = i32::MAX as i64;
/// `sizeof(struct cmsghdr)`.
const HEADER: i64 = 16;
/// What control messages are aligned to.
const ALIGNMENT: i64 = 8;

/// A control message that a program sends. Nothing here sends them: that there is one is all that matters.
pub(crate) struct ControlMessage {
    data: Buffer,
}

/// `CMSG_LEN(length)`.
pub(super) fn cmsg_len(arguments: Arguments<'_>) -> PyResult<Object> {
    let mut length: Py_ssize_t = 0;
    parse_tuple!(arguments.given, c"n:CMSG_LEN", &raw mut length)?;
    in_range(length, LIMIT - HEADER, "CMSG_LEN").and_then(|length| Object::integer(HEADER + length))
}

/// `CMSG_SPACE(length)`.
pub(super) fn cmsg_space(arguments: Arguments<'_>) -> PyResult<Object> {
    let mut length: Py_ssize_t = 0;
    parse_tuple!(arguments.given, c"n:CMSG_SPACE", &raw mut length)?;
    in_range(length, LIMIT - space(1), "CMSG_SPACE").and_then(|length| Object::integer(space(length)))
}

fn space(length: i64) -> i64 {
    HEADER + (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT
}

fn in_range(length: Py_ssize_t, limit: i64, name: &str) -> PyResult<i64> {
    let length = i64::try_from(length).unwrap_or(i64::MAX);
    let fits = (0..=limit).contains(&length).then_some(length);
    fits.ok_or_else(|| Exception::Overflow.raise(&format!("{name}() argument out of range")))
}

/// The control messages of `sendmsg`: an iterable of `(level, type, data)`.
pub(crate) fn parse(given: Borrowed<'_>) -> PyResult<Vec<ControlMessage>> {
    let messages = Items::of(given, c"sendmsg() argument 2 must be an iterable")?;
    let mut parsed = Vec::new();
    let mut total = 0;
    for message in messages {
        let message = parse_message(message?.borrow())?;
        let length = i64::try_from(message.data.len()).unwrap_or(LIMIT);
        if length > LIMIT - space(1) {
            return Err(Exception::Os.raise("ancillary data item too large"));
        }
        total += space(length);
        if total > LIMIT {
            return Err(Exception::Os.raise("too much ancillary data"));
        }
        parsed.push(message);
    }
    Ok(parsed)
}

fn parse_message(message: Borrowed<'_>) -> PyResult<ControlMessage> {
    let (mut level, mut kind, mut data): (c_int, c_int, _) = (0, 0, Buffer::empty());
    // SAFETY: the format names two integers and a buffer.
    let done = unsafe {
        ffi::PyArg_Parse(
            message.as_pointer(),
            c"(iiy*):[sendmsg() ancillary data items]".as_ptr(),
            &raw mut level,
            &raw mut kind,
            &raw mut data,
        )
    };
    if done == 0 { Err(crate::errors::Raised) } else { Ok(ControlMessage { data }) }
}
