//! Descriptors of both kinds: ours, from 2^20 on and for the standard streams, and those of the C library, which are files.

use std::ffi::c_int;

use wasocket::errno::Errno;
use wasocket::sockets::FIRST_FD;

use crate::errors::{PyResult, Raised, raise_c_errno};
use crate::ffi;
use crate::state::state;

/// What a descriptor number refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Descriptor {
    /// A number of ours: of a standard stream, or one that no file has, open or not.
    Ours(u32),
    /// An open descriptor of the C library.
    File,
    /// Nothing.
    Closed,
}

/// What `fd` refers to.
pub(crate) fn classify(fd: c_int) -> Descriptor {
    match u32::try_from(fd) {
        Err(_) => Descriptor::Closed,
        Ok(fd) if fd >= FIRST_FD || state().sockets.is_open(fd) => Descriptor::Ours(fd),
        Ok(_) if is_open_file(fd) => Descriptor::File,
        Ok(_) => Descriptor::Closed,
    }
}

/// Raises why `fd` is no socket.
pub(crate) fn why_no_socket(fd: c_int) -> Raised {
    let errno = if is_open_file(fd) { Errno::ENOTSOCK } else { Errno::EBADF };
    errno.into()
}

/// Closes a descriptor of the C library.
pub(crate) fn close_file(fd: c_int) -> PyResult<()> {
    // SAFETY: any number may be given.
    if unsafe { ffi::close(fd) } < 0 { Err(raise_c_errno()) } else { Ok(()) }
}

fn is_open_file(fd: c_int) -> bool {
    // SAFETY: any number may be given.
    unsafe { ffi::fcntl(fd, ffi::F_GETFL) >= 0 }
}
