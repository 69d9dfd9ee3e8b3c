//! `getaddrinfo`, waiting for the answer or not.

use std::ffi::c_int;

use wasocket::netdb::{AddressInfo, Hints};
use wasocket::time::Timeout;

use crate::address;
use crate::arguments::{idna, names, parse_keywords};
use crate::audit::audit;
use crate::errors::{Exception, PyResult, Raised};
use crate::export::Arguments;
use crate::ffi;
use crate::object::{Borrowed, Object};
use crate::state::state;

/// The arguments of `getaddrinfo`, as a C library gets them.
struct Question {
    host: Option<Vec<u8>>,
    service: Option<Vec<u8>>,
    hints: Hints,
}

/// `getaddrinfo(host, port, family=0, type=0, proto=0, flags=0)`.
pub(super) fn getaddrinfo(arguments: Arguments<'_>) -> PyResult<Object> {
    let question = Question::ask(arguments)?;
    let (host, service) = (question.host.as_deref(), question.service.as_deref());
    answer(&state().sockets.getaddrinfo(host, service, &question.hints, Timeout::Blocking)?)
}

/// `_wasocket.start_getaddrinfo(host, port, family=0, type=0, proto=0, flags=0)`: a descriptor that becomes readable.
pub(crate) fn start_getaddrinfo(arguments: Arguments<'_>) -> PyResult<Object> {
    let question = Question::ask(arguments)?;
    let (host, service) = (question.host.as_deref(), question.service.as_deref());
    Object::integer(state().sockets.start_getaddrinfo(host, service, &question.hints)?.into())
}

/// `_wasocket.finish_getaddrinfo(fd)`: the answer, which closes the descriptor; `BlockingIOError` while there is none.
pub(crate) fn finish_getaddrinfo(arguments: Arguments<'_>) -> PyResult<Object> {
    let fd = arguments.given.c_long()?;
    let fd = state().socket_fd(fd).ok_or_else(|| crate::descriptors::why_no_socket(fd))?;
    let answered = state().sockets.finish_getaddrinfo(fd, Timeout::NonBlocking);
    answer(&answered?)
}

impl Question {
    /// Reads the arguments, and calls the audit hooks.
    fn ask(arguments: Arguments<'_>) -> PyResult<Self> {
        let null: *mut ffi::PyObject = std::ptr::null_mut();
        let (mut host, mut port, mut hints) = (null, null, Hints::default());
        parse_keywords!(
            arguments.given,
            arguments.keywords,
            c"OO|iiii:getaddrinfo",
            names!(c"host", c"port", c"family", c"type", c"proto", c"flags"),
            &raw mut host,
            &raw mut port,
            &raw mut hints.family,
            &raw mut hints.kind,
            &raw mut hints.protocol,
            &raw mut hints.flags,
        )?;
        // SAFETY: the parser borrowed both from the arguments.
        let (host, port) = unsafe { (Borrowed::from_pointer(host), Borrowed::from_pointer(port)) };
        let (host, port) = (host.ok_or(Raised)?, port.ok_or(Raised)?);
        let question = Self { host: host_bytes(host)?, service: service_bytes(port)?, hints };
        let numbers = |number: c_int| Object::integer(number.into());
        let told = [host.own(), port.own(), numbers(hints.family)?, numbers(hints.kind)?, numbers(hints.protocol)?];
        audit(c"socket.getaddrinfo", told)?;
        Ok(question)
    }
}

fn host_bytes(host: Borrowed<'_>) -> PyResult<Option<Vec<u8>>> {
    if host.is_none() {
        Ok(None)
    } else if host.is_text() {
        idna(host)?.borrow().byte_vector().map(Some)
    } else if host.is_bytes() {
        host.byte_vector().map(Some)
    } else {
        Err(Exception::Type.raise("getaddrinfo() argument 1 must be string or None"))
    }
}

/// A port as a service name: integers of any size become their decimal digits.
fn service_bytes(port: Borrowed<'_>) -> PyResult<Option<Vec<u8>>> {
    // SAFETY: the object is alive.
    if unsafe { ffi::has_index(port.as_pointer()) } != 0 {
        // SAFETY: as above.
        let number = Object::from_new(unsafe { ffi::PyNumber_Index(port.as_pointer()) })?;
        // SAFETY: as above.
        let digits = Object::from_new(unsafe { ffi::PyObject_Str(number.as_pointer()) })?;
        return digits.borrow().utf8().map(|digits| Some(digits.into_bytes()));
    }
    if port.is_text() {
        port.utf8().map(|text| Some(text.into_bytes()))
    } else if port.is_bytes() {
        port.byte_vector().map(Some)
    } else if port.is_none() {
        Ok(None)
    } else {
        Err(Exception::Os.raise("Int or String expected"))
    }
}

fn answer(found: &[AddressInfo]) -> PyResult<Object> {
    Object::list(found.iter().map(|info| {
        Object::tuple([
            Object::integer(info.family.number().into())?,
            Object::integer(info.kind.into())?,
            Object::integer(info.protocol.into())?,
            Object::text(&info.canonical_name)?,
            address::to_python(&info.address.into())?,
        ])
    }))
}
