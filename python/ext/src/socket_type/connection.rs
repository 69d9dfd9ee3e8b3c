//! `bind`, `listen`, `accept`, `connect` and `shutdown`.

use std::ffi::{CStr, c_int};

use wasocket::Error;
use wasocket::address::Address;
use wasocket::errno::Errno;

use super::SocketObject;
use crate::address;
use crate::arguments::parse_tuple;
use crate::audit::audit;
use crate::errors::{PyResult, errno_number};
use crate::export::Arguments;
use crate::numbers;
use crate::object::Object;
use crate::state::state;

/// The backlog of `listen()`, as CPython picks it.
const DEFAULT_BACKLOG: c_int = 128;

/// `bind(address)`.
pub(super) fn bind(arguments: Arguments<'_>) -> PyResult<Object> {
    let local = announced_address(arguments, "bind", c"socket.bind")?;
    state().sockets.bind(SocketObject::of(arguments.this).fd()?, &local)?;
    Ok(Object::none())
}

/// `connect(address)`.
pub(super) fn connect(arguments: Arguments<'_>) -> PyResult<Object> {
    let remote = announced_address(arguments, "connect", c"socket.connect")?;
    let socket = SocketObject::of(arguments.this);
    state().sockets.connect(socket.fd()?, &remote, socket.timeout())?;
    Ok(Object::none())
}

/// `connect_ex(address)`: the errno of what `connect` would raise; a timeout is `EAGAIN`, as CPython has it.
pub(super) fn connect_ex(arguments: Arguments<'_>) -> PyResult<Object> {
    let remote = announced_address(arguments, "connect_ex", c"socket.connect")?;
    let socket = SocketObject::of(arguments.this);
    let outcome = match socket.fd() {
        Ok(fd) => state().sockets.connect(fd, &remote, socket.timeout()),
        Err(errno) => Err(errno.into()),
    };
    let number = match outcome {
        Ok(()) => 0,
        Err(Error::Timeout) => errno_number(Errno::EAGAIN),
        Err(error) => errno_number(error.errno().ok_or(error)?),
    };
    Object::integer(number.into())
}

/// Reads the address, looking its host up, and only then calls the audit hooks.
fn announced_address(arguments: Arguments<'_>, caller: &str, event: &CStr) -> PyResult<Address> {
    let family = SocketObject::of(arguments.this).family.get();
    let address = address::from_python(family, arguments.given, caller)?;
    audit(event, [arguments.this.own(), arguments.given.own()])?;
    Ok(address)
}

/// `listen([backlog])`.
pub(super) fn listen(arguments: Arguments<'_>) -> PyResult<Object> {
    let mut backlog = DEFAULT_BACKLOG;
    parse_tuple!(arguments.given, c"|i:listen", &raw mut backlog)?;
    state().sockets.listen(SocketObject::of(arguments.this).fd()?, backlog.max(0))?;
    Ok(Object::none())
}

/// `_accept()`: a descriptor and an address; `socket.accept` makes a socket object of them.
pub(super) fn accept(arguments: Arguments<'_>) -> PyResult<Object> {
    let socket = SocketObject::of(arguments.this);
    let (fd, address) = state().sockets.accept(socket.fd()?, socket.timeout())?;
    Object::integer(fd.into())
        .and_then(|number| Object::tuple([number, address::to_python(&address)?]))
        .inspect_err(|_| drop(state().sockets.close(fd)))
}

/// `shutdown(how)`.
pub(super) fn shutdown(arguments: Arguments<'_>) -> PyResult<Object> {
    let how = arguments.given.c_int()?;
    let fd = SocketObject::of(arguments.this).fd()?;
    let how = numbers::shutdown(how)?;
    state().sockets.shutdown(fd, how)?;
    Ok(Object::none())
}
