//! `close`, `dup` and `socketpair`.

use std::ffi::c_int;

use wasocket::Error;
use wasocket::address::{Family, Kind};
use wasocket::errno::Errno;
use wasocket::sockets::{FIRST_FD, Opened};

use crate::arguments::parse_tuple;
use crate::descriptors::{Descriptor, HOLDS_FILES, classify, close_file};
use crate::errors::PyResult;
use crate::export::Arguments;
use crate::numbers::{AF_UNIX, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_STREAM};
use crate::object::Object;
use crate::socket_type::wrap;
use crate::state::state;

/// `close(fd)`: like `os.close`, but a peer that reset the connection is no error.
pub(super) fn close(arguments: Arguments<'_>) -> PyResult<Object> {
    close_descriptor(arguments.given.c_long()?)?;
    Ok(Object::none())
}

/// Closes a descriptor of either kind.
pub(crate) fn close_descriptor(fd: c_int) -> PyResult<()> {
    match classify(fd) {
        Descriptor::Closed => Err(Errno::EBADF.into()),
        Descriptor::File => close_file(fd),
        Descriptor::Ours(fd) => {
            if fd < FIRST_FD && !HOLDS_FILES {
                // The C library has a descriptor of its own for the same stream.
                close_file(fd.cast_signed())?;
            }
            match state().sockets.close(fd) {
                Ok(()) | Err(Error::Os { errno: Errno::ECONNRESET, .. }) => Ok(()),
                Err(error) => Err(error.into()),
            }
        }
    }
}

/// `dup(fd)`.
pub(super) fn dup(arguments: Arguments<'_>) -> PyResult<Object> {
    Object::integer(duplicate(arguments.given.c_long()?)?.into())
}

/// Another descriptor for what `fd` refers to. What the C library has is a file to programs: its duplicate has the number of one.
pub(crate) fn duplicate(fd: c_int) -> PyResult<i32> {
    let sockets = &state().sockets;
    let number = fd.cast_unsigned();
    match classify(fd) {
        Descriptor::Closed => Err(Errno::EBADF.into()),
        // The C library of WASI has no dup(2).
        Descriptor::File if !HOLDS_FILES => Err(Errno::EOPNOTSUPP.into()),
        Descriptor::Ours(_) if !HOLDS_FILES || sockets.opened(number) == Some(Opened::Here) => {
            Ok(sockets.dup(number)?.cast_signed())
        }
        Descriptor::Ours(_) | Descriptor::File => Ok(sockets.dup_from(number, 0)?.cast_signed()),
    }
}

/// `socketpair([family[, type[, proto]]])`.
pub(super) fn socketpair(arguments: Arguments<'_>) -> PyResult<Object> {
    let (mut family, mut kind, mut protocol): (c_int, c_int, c_int) = (AF_UNIX, SOCK_STREAM, 0);
    parse_tuple!(arguments.given, c"|iii:socketpair", &raw mut family, &raw mut kind, &raw mut protocol)?;
    let core_kind = Kind::numbered(kind & !(SOCK_NONBLOCK | SOCK_CLOEXEC));
    let sockets = &state().sockets;
    let (first, second) = sockets.socketpair(Family::numbered(family)?, core_kind?, protocol)?;
    if kind & SOCK_NONBLOCK != 0 {
        sockets.set_nonblocking(first, true)?;
        sockets.set_nonblocking(second, true)?;
    }
    Object::tuple([wrap(first, family, kind, protocol)?, wrap(second, family, kind, protocol)?])
}
