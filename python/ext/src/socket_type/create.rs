//! The beginning of a socket object.

use std::ffi::c_int;

use wasocket::address::{Family, Kind};
use wasocket::errno::Errno;
use wasocket::sockets::Fd;

use super::{CLOSED, SocketObject};
use crate::arguments::{names, parse_keywords};
use crate::audit::audit;
use crate::errors::{Exception, PyResult, Raised};
use crate::numbers::{AF_INET, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_STREAM};
use crate::object::{Borrowed, Object};
use crate::state::state;
use crate::timeout::PythonTimeout;
use crate::{descriptors, ffi};

/// What `socket.socket()` was asked for; -1 is what was left out.
#[derive(Clone, Copy)]
struct Request {
    family: c_int,
    kind: c_int,
    protocol: c_int,
}

/// `tp_new`: an object that is closed.
pub(super) unsafe extern "C" fn new(
    class: *mut ffi::PyTypeObject,
    _arguments: *mut ffi::PyObject,
    _keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    allocate(class).map_or(std::ptr::null_mut(), Object::into_pointer)
}

/// A socket object for `fd`, which goes over to it: the objects of `socketpair`.
pub(crate) fn wrap(fd: Fd, family: c_int, kind: c_int, protocol: c_int) -> PyResult<Object> {
    let class = state().python().map(|objects| objects.socket_type.as_pointer()).ok_or(Raised)?;
    let object = allocate(class.cast())?;
    SocketObject::of(object.borrow()).begin(fd, Request { family, kind, protocol })?;
    Ok(object)
}

fn allocate(class: *mut ffi::PyTypeObject) -> PyResult<Object> {
    // SAFETY: `class` is our type or a subclass of it; the generic allocation fills the object with zeros.
    let object = Object::from_new(unsafe { ffi::PyType_GenericAlloc(class, 0) })?;
    let socket = SocketObject::of(object.borrow());
    socket.fd.set(CLOSED);
    socket.timeout.set(PythonTimeout::BLOCKING);
    Ok(object)
}

/// `tp_init`: `socket(family=-1, type=-1, proto=-1, fileno=None)`.
pub(super) unsafe extern "C" fn initialise(
    object: *mut ffi::PyObject,
    arguments: *mut ffi::PyObject,
    keywords: *mut ffi::PyObject,
) -> c_int {
    // SAFETY: CPython keeps all of them alive during the call.
    let (object, arguments, keywords) = unsafe {
        let (Some(object), Some(arguments)) = (Borrowed::from_pointer(object), Borrowed::from_pointer(arguments))
        else {
            return -1;
        };
        (object, arguments, Borrowed::from_pointer(keywords))
    };
    match initialise_object(object, arguments, keywords) {
        Ok(()) => 0,
        Err(Raised) => -1,
    }
}

fn initialise_object(object: Borrowed<'_>, arguments: Borrowed<'_>, keywords: Option<Borrowed<'_>>) -> PyResult<()> {
    let mut request = Request { family: -1, kind: -1, protocol: -1 };
    let mut descriptor = std::ptr::null_mut();
    parse_keywords!(
        arguments,
        keywords,
        c"|iiiO:socket",
        names!(c"family", c"type", c"proto", c"fileno"),
        &raw mut request.family,
        &raw mut request.kind,
        &raw mut request.protocol,
        &raw mut descriptor,
    )?;
    announce(object, request)?;
    // SAFETY: the parser borrowed it from the arguments.
    let descriptor = unsafe { Borrowed::from_pointer(descriptor) }.filter(|descriptor| !descriptor.is_none());
    let (fd, request) = match descriptor {
        Some(descriptor) => adopt(descriptor, request)?,
        None => open(request)?,
    };
    SocketObject::of(object).begin(fd, request)
}

/// The audit event, with the numbers as they were given.
fn announce(object: Borrowed<'_>, request: Request) -> PyResult<()> {
    let family = Object::integer(request.family.into())?;
    let kind = Object::integer(request.kind.into())?;
    let protocol = Object::integer(request.protocol.into())?;
    audit(c"socket.__new__", [object.own(), family, kind, protocol])
}

/// Opens a socket.
fn open(request: Request) -> PyResult<(Fd, Request)> {
    let or = |given: c_int, default: c_int| if given == -1 { default } else { given };
    let request = Request {
        family: or(request.family, AF_INET),
        kind: or(request.kind, SOCK_STREAM),
        protocol: or(request.protocol, 0),
    };
    let kind = Kind::numbered(request.kind & !(SOCK_NONBLOCK | SOCK_CLOEXEC));
    // Linux looks at the range of the type before it looks at the family.
    if kind == Err(Errno::EINVAL) {
        return Err(Errno::EINVAL.into());
    }
    let family = Family::numbered(request.family)?;
    let fd = state().sockets.socket(family, kind?, request.protocol)?;
    Ok((fd, request))
}

/// Takes over the descriptor `fileno`; what was left out is found out from it.
fn adopt(descriptor: Borrowed<'_>, request: Request) -> PyResult<(Fd, Request)> {
    let number = descriptor.c_long()?;
    if number < 0 {
        return Err(Exception::Value.raise("negative file descriptor"));
    }
    let sockets = &state().sockets;
    let fd = state().socket_fd(number).ok_or_else(|| descriptors::why_no_socket(number))?;
    let family = if request.family == -1 { sockets.family(fd)?.number() } else { request.family };
    let kind = if request.kind == -1 { sockets.kind(fd)?.number() } else { request.kind };
    let protocol = if request.protocol == -1 { sockets.protocol(fd)? } else { request.protocol };
    Ok((fd, Request { family, kind, protocol }))
}

impl SocketObject {
    /// Makes this the object of `fd`.
    fn begin(&self, fd: Fd, request: Request) -> PyResult<()> {
        self.fd.set(fd.cast_signed());
        self.family.set(request.family);
        self.kind.set(request.kind & !(SOCK_NONBLOCK | SOCK_CLOEXEC));
        self.protocol.set(request.protocol);
        if request.kind & SOCK_NONBLOCK != 0 {
            return self.set_timeout(PythonTimeout::NON_BLOCKING);
        }
        let timeout = PythonTimeout::of(state().sockets.default_timeout());
        self.timeout.set(timeout);
        if timeout.is_blocking() { Ok(()) } else { self.set_timeout(timeout) }
    }
}
