//! Ancillary data: the sizes of control messages in the layout of 64-bit Linux, and descriptors that travel.

use std::ffi::c_int;

use wasocket::errno::Errno;
use wasocket::sockets::Fd;

use crate::arguments::{Buffer, Items, parse_tuple};
use crate::descriptors::{Descriptor, classify};
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

/// `sizeof(int)`: what a descriptor takes.
const DESCRIPTOR: usize = size_of::<c_int>();
/// `SOL_SOCKET`.
const SOL_SOCKET: c_int = 1;
/// `SCM_RIGHTS`.
const SCM_RIGHTS: c_int = 1;

/// A control message that a program sends.
pub(crate) struct ControlMessage {
    level: c_int,
    kind: c_int,
    data: Buffer,
}

/// The sockets that control messages of `SCM_RIGHTS` take along; nothing here sends other control messages.
pub(crate) fn rights(messages: &[ControlMessage]) -> PyResult<Vec<Fd>> {
    let mut rights = Vec::new();
    for message in messages {
        if (message.level, message.kind) != (SOL_SOCKET, SCM_RIGHTS) {
            return Err(Errno::EOPNOTSUPP.into());
        }
        for number in message.data.bytes().as_chunks::<DESCRIPTOR>().0 {
            match classify(c_int::from_ne_bytes(*number)) {
                Descriptor::Ours(fd) => rights.push(fd),
                Descriptor::File => return Err(Errno::EOPNOTSUPP.into()),
                Descriptor::Closed => return Err(Errno::EBADF.into()),
            }
        }
    }
    Ok(rights)
}

/// How many descriptors ancillary data of this size holds.
pub(crate) fn rights_that_fit(size: usize) -> usize {
    let header = usize::try_from(HEADER).unwrap_or(usize::MAX);
    size.saturating_sub(header) / DESCRIPTOR
}

/// What `recvmsg` answers for descriptors that came along: `[(SOL_SOCKET, SCM_RIGHTS, data)]`.
pub(crate) fn received(rights: &[Fd]) -> PyResult<Object> {
    if rights.is_empty() {
        return Object::list([]);
    }
    let data: Vec<u8> = rights.iter().flat_map(|fd| fd.to_ne_bytes()).collect();
    let message = Object::tuple([
        Object::integer(SOL_SOCKET.into())?,
        Object::integer(SCM_RIGHTS.into())?,
        Object::bytes(&data)?,
    ])?;
    Object::list([Ok(message)])
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
    let messages = Items::there_now(given, c"sendmsg() argument 2 must be an iterable")?;
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
    if done == 0 { Err(crate::errors::Raised) } else { Ok(ControlMessage { level, kind, data }) }
}
