//! Descriptors of both kinds: ours, from 2^20 on and for the standard streams, and those of the C library, which are files.
//!
//! Where the C library is linked with us, its files have their numbers from the core as well, and any number may refer to anything.

use std::ffi::c_int;

use wasocket::errno::Errno;
use wasocket::sockets::{FIRST_FD, Opened};

use crate::errors::{PyResult, Raised, raise_c_errno};
use crate::ffi;
use crate::state::state;

/// Whether files have their numbers from the core: an interpreter of ours sees to that (`interpreter/files.rs`).
pub(crate) const HOLDS_FILES: bool = cfg!(feature = "interpreter");

/// What a descriptor number refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Descriptor {
    /// A number of ours: of an open descriptor that is no file, or one that the C library gives to no file.
    Ours(u32),
    /// An open descriptor of the C library.
    File,
    /// Nothing.
    Closed,
}

/// What `fd` refers to.
pub(crate) fn classify(fd: c_int) -> Descriptor {
    let Ok(number) = u32::try_from(fd) else { return Descriptor::Closed };
    match state().sockets.opened(number) {
        Some(Opened::File(_)) => Descriptor::File,
        Some(Opened::Here | Opened::Stream(_)) => Descriptor::Ours(number),
        None if number >= FIRST_FD => Descriptor::Ours(number),
        None if is_open_file(fd) => Descriptor::File,
        None => Descriptor::Closed,
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
