//! Ancillary data as Python has it. Its layout and its limits are the core's.

use std::ffi::c_int;

use wasocket::ancillary::{self, Ancillary, SCM_RIGHTS, SOL_SOCKET, Sum};
use wasocket::errno::Errno;
use wasocket::sockets::Fd;

use crate::arguments::{Buffer, Items, parse_tuple};
use crate::descriptors::{Descriptor, HOLDS_FILES, classify};
use crate::errors::{Exception, PyResult};
use crate::export::Arguments;
use crate::ffi::{self, Py_ssize_t};
use crate::object::{Borrowed, Object};

/// A control message that a program sends.
pub(crate) struct ControlMessage {
    level: c_int,
    kind: c_int,
    data: Buffer,
}

/// The sockets that control messages of `SCM_RIGHTS` take along, and the other control messages.
pub(crate) fn split(messages: &[ControlMessage]) -> PyResult<(Vec<Fd>, Vec<Ancillary>)> {
    let (mut rights, mut others) = (Vec::new(), Vec::new());
    for message in messages {
        if (message.level, message.kind) != (SOL_SOCKET, SCM_RIGHTS) {
            let data = message.data.bytes().to_vec();
            others.push(Ancillary { level: message.level, kind: message.kind, data });
            continue;
        }
        for number in ancillary::descriptors(message.data.bytes()) {
            match classify(number) {
                Descriptor::Ours(fd) => rights.push(fd),
                Descriptor::File if HOLDS_FILES => rights.push(number.cast_unsigned()),
                Descriptor::File => return Err(Errno::EOPNOTSUPP.into()),
                Descriptor::Closed => return Err(Errno::EBADF.into()),
            }
        }
    }
    Ok((rights, others))
}

/// What `recvmsg` answers: `(SOL_SOCKET, SCM_RIGHTS, data)` for descriptors that came along, then the others.
pub(crate) fn received(rights: &[Fd], others: &[Ancillary]) -> PyResult<Object> {
    let rights = (!rights.is_empty()).then(|| (SOL_SOCKET, SCM_RIGHTS, ancillary::payload(rights)));
    let rights = rights.iter().map(|(level, kind, data)| message(*level, *kind, data));
    Object::list(rights.chain(others.iter().map(|other| message(other.level, other.kind, &other.data))))
}

fn message(level: c_int, kind: c_int, data: &[u8]) -> PyResult<Object> {
    Object::tuple([Object::integer(level.into())?, Object::integer(kind.into())?, Object::bytes(data)?])
}

/// `CMSG_LEN(length)`.
pub(super) fn cmsg_len(arguments: Arguments<'_>) -> PyResult<Object> {
    let mut length: Py_ssize_t = 0;
    parse_tuple!(arguments.given, c"n:CMSG_LEN", &raw mut length)?;
    size(length, ancillary::length, "CMSG_LEN")
}

/// `CMSG_SPACE(length)`.
pub(super) fn cmsg_space(arguments: Arguments<'_>) -> PyResult<Object> {
    let mut length: Py_ssize_t = 0;
    parse_tuple!(arguments.given, c"n:CMSG_SPACE", &raw mut length)?;
    size(length, ancillary::space, "CMSG_SPACE")
}

fn size(length: Py_ssize_t, of: fn(i64) -> Option<i64>, name: &str) -> PyResult<Object> {
    match of(i64::try_from(length).unwrap_or(i64::MAX)) {
        Some(size) => Object::integer(size),
        None => Err(Exception::Overflow.raise(&format!("{name}() argument out of range"))),
    }
}

/// The control messages of `sendmsg`: an iterable of `(level, type, data)`.
pub(crate) fn parse(given: Borrowed<'_>) -> PyResult<Vec<ControlMessage>> {
    let messages = Items::there_now(given, c"sendmsg() argument 2 must be an iterable")?;
    let mut parsed = Vec::new();
    let mut sum = Sum::default();
    for message in messages {
        let message = parse_message(message?.borrow())?;
        sum.add(message.data.len()).map_err(|too_much| Exception::Os.raise(too_much.0))?;
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
