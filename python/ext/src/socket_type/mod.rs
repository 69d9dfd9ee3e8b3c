//! `_socket.socket`: the type, and what all its methods share.

mod connection;
mod create;
mod lifetime;
mod messages;
mod modes;
mod names;
mod options;
mod receive;
mod send;

use std::cell::Cell;
use std::ffi::{c_int, c_uint, c_void};
use std::mem::offset_of;

use wasocket::errno::Errno;
use wasocket::sockets::Fd;
use wasocket::time::Timeout;

pub(crate) use create::wrap;

use crate::errors::PyResult;
use crate::export::{END_OF_METHODS, Table, method};
use crate::ffi;
use crate::object::{Borrowed, Object};
use crate::timeout::PythonTimeout;

/// The descriptor of an object that is closed.
const CLOSED: c_int = -1;

/// A socket object. CPython allocates it, filled with zeros, and then calls `create::new`.
#[repr(C)]
pub(crate) struct SocketObject {
    head: ffi::PyObject,
    fd: Cell<c_int>,
    family: Cell<c_int>,
    kind: Cell<c_int>,
    protocol: Cell<c_int>,
    timeout: Cell<PythonTimeout>,
}

impl SocketObject {
    /// The socket object that `object` is.
    ///
    /// CPython calls our slots and methods with instances of our type only; the methods are in no other type.
    fn of(object: Borrowed<'_>) -> &Self {
        // SAFETY: see above; the object lives as long as the borrow, and all its fields are cells.
        unsafe { &*object.as_pointer().cast::<Self>() }
    }

    /// The descriptor, or `EBADF` once the object is closed.
    fn fd(&self) -> Result<Fd, Errno> {
        Fd::try_from(self.fd.get()).map_err(|_| Errno::EBADF)
    }

    fn timeout(&self) -> Timeout {
        self.timeout.get().to_timeout()
    }
}

static METHODS: Table<[ffi::PyMethodDef; 29]> = Table([
    method!(none, c"_accept", connection::accept, c"_accept() -> (fd, address): wait for an incoming connection."),
    method!(one, c"bind", connection::bind, c"bind(address): give the socket a local address."),
    method!(none, c"close", lifetime::close, c"close(): close the socket. It cannot be used after this call."),
    method!(one, c"connect", connection::connect, c"connect(address): connect to a remote address."),
    method!(
        one,
        c"connect_ex",
        connection::connect_ex,
        c"connect_ex(address) -> errno: connect, but return the error."
    ),
    method!(none, c"detach", lifetime::detach, c"detach() -> fd: forget the descriptor without closing it."),
    method!(none, c"fileno", names::fileno, c"fileno() -> int: the descriptor, or -1 once closed."),
    method!(none, c"getblocking", modes::getblocking, c"getblocking() -> bool: whether calls may wait."),
    method!(none, c"getpeername", names::getpeername, c"getpeername() -> address: the remote address."),
    method!(none, c"getsockname", names::getsockname, c"getsockname() -> address: the local address."),
    method!(many, c"getsockopt", options::getsockopt, c"getsockopt(level, option[, buflen]) -> int or bytes."),
    method!(none, c"gettimeout", modes::gettimeout, c"gettimeout() -> seconds or None."),
    method!(many, c"listen", connection::listen, c"listen([backlog]): accept connections."),
    method!(many, c"recv", receive::recv, c"recv(bufsize[, flags]) -> bytes: b'' at the end of the stream."),
    method!(keywords, c"recv_into", receive::recv_into, c"recv_into(buffer, [nbytes[, flags]]) -> how many bytes."),
    method!(many, c"recvfrom", receive::recvfrom, c"recvfrom(bufsize[, flags]) -> (bytes, address)."),
    method!(
        keywords,
        c"recvfrom_into",
        receive::recvfrom_into,
        c"recvfrom_into(buffer[, nbytes[, flags]]) -> (how many bytes, address)."
    ),
    method!(
        many,
        c"recvmsg",
        messages::recvmsg,
        c"recvmsg(bufsize[, ancbufsize[, flags]]) -> (bytes, ancillary data, flags, address)."
    ),
    method!(
        many,
        c"recvmsg_into",
        messages::recvmsg_into,
        c"recvmsg_into(buffers[, ancbufsize[, flags]]) -> (how many bytes, ancillary data, flags, address)."
    ),
    method!(many, c"send", send::send, c"send(data[, flags]) -> how many bytes were taken, perhaps not all."),
    method!(many, c"sendall", send::sendall, c"sendall(data[, flags]): send all of it."),
    method!(
        many,
        c"sendmsg",
        messages::sendmsg,
        c"sendmsg(buffers[, ancdata[, flags[, address]]]) -> how many bytes were taken."
    ),
    method!(many, c"sendto", send::sendto, c"sendto(data[, flags], address) -> how many bytes were taken."),
    method!(one, c"setblocking", modes::setblocking, c"setblocking(flag): settimeout(None) or settimeout(0.0)."),
    method!(
        many,
        c"setsockopt",
        options::setsockopt,
        c"setsockopt(level, option, value) or (level, option, None, size)."
    ),
    method!(one, c"settimeout", modes::settimeout, c"settimeout(seconds or None)."),
    method!(one, c"shutdown", connection::shutdown, c"shutdown(how): SHUT_RD, SHUT_WR or SHUT_RDWR."),
    END_OF_METHODS,
    END_OF_METHODS,
]);

static MEMBERS: Table<[ffi::PyMemberDef; 4]> = Table([
    member(c"family", offset_of!(SocketObject, family), c"the socket family"),
    member(c"type", offset_of!(SocketObject, kind), c"the socket type"),
    member(c"proto", offset_of!(SocketObject, protocol), c"the socket protocol"),
    ffi::PyMemberDef { name: std::ptr::null(), type_code: 0, offset: 0, flags: 0, doc: std::ptr::null() },
]);

static PROPERTIES: Table<[ffi::PyGetSetDef; 2]> = Table([
    ffi::PyGetSetDef {
        name: c"timeout".as_ptr(),
        get: Some(modes::timeout_property),
        set: None,
        doc: c"the socket timeout".as_ptr(),
        closure: std::ptr::null_mut(),
    },
    ffi::PyGetSetDef {
        name: std::ptr::null(),
        get: None,
        set: None,
        doc: std::ptr::null(),
        closure: std::ptr::null_mut(),
    },
]);

const fn member(name: &'static std::ffi::CStr, offset: usize, doc: &'static std::ffi::CStr) -> ffi::PyMemberDef {
    ffi::PyMemberDef {
        name: name.as_ptr(),
        type_code: ffi::Py_T_INT,
        offset: offset.cast_signed(),
        flags: ffi::Py_READONLY,
        doc: doc.as_ptr(),
    }
}

const DOC: &std::ffi::CStr = c"socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object\n\
socket(family=-1, type=-1, proto=-1, fileno=None) -> socket object\n\n\
An endpoint of communication. With fileno, the other arguments are found out from that descriptor.";

/// Makes the type.
pub(crate) fn make_type(module: &Object) -> PyResult<Object> {
    let mut slots = [
        slot(ffi::Py_tp_dealloc, lifetime::deallocate as *mut c_void),
        slot(ffi::Py_tp_traverse, lifetime::traverse as *mut c_void),
        slot(ffi::Py_tp_finalize, lifetime::finalize as *mut c_void),
        slot(ffi::Py_tp_repr, names::repr as *mut c_void),
        slot(ffi::Py_tp_doc, DOC.as_ptr().cast_mut().cast()),
        slot(ffi::Py_tp_methods, METHODS.as_pointer().cast()),
        slot(ffi::Py_tp_members, MEMBERS.as_pointer().cast()),
        slot(ffi::Py_tp_getset, PROPERTIES.as_pointer().cast()),
        slot(ffi::Py_tp_init, create::initialise as *mut c_void),
        slot(ffi::Py_tp_new, create::new as *mut c_void),
        slot(0, std::ptr::null_mut()),
    ];
    let flags =
        ffi::Py_TPFLAGS_DEFAULT | ffi::Py_TPFLAGS_BASETYPE | ffi::Py_TPFLAGS_HAVE_GC | ffi::Py_TPFLAGS_IMMUTABLETYPE;
    let mut specification = ffi::PyType_Spec {
        name: c"_socket.socket".as_ptr(),
        basicsize: size_of::<SocketObject>() as c_int,
        itemsize: 0,
        flags: flags as c_uint,
        slots: slots.as_mut_ptr(),
    };
    // SAFETY: CPython copies what it needs of the specification; the tables are static.
    Object::from_new(unsafe {
        ffi::PyType_FromModuleAndSpec(module.as_pointer(), &raw mut specification, std::ptr::null_mut())
    })
}

fn slot(number: c_int, value: *mut c_void) -> ffi::PyType_Slot {
    ffi::PyType_Slot { slot: number, pfunc: value }
}
