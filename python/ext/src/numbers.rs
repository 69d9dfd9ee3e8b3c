//! Linux's numbers that Python programs see and write.

use std::ffi::c_int;

use wasocket::address::Shutdown;
use wasocket::constants::number;
use wasocket::errno::Errno;

/// `SOCK_NONBLOCK`.
pub(crate) const SOCK_NONBLOCK: c_int = number("SOCK_NONBLOCK");
/// `SOCK_CLOEXEC`.
pub(crate) const SOCK_CLOEXEC: c_int = number("SOCK_CLOEXEC");
/// `AF_UNIX`.
pub(crate) const AF_UNIX: c_int = number("AF_UNIX");
/// `AF_INET`.
pub(crate) const AF_INET: c_int = number("AF_INET");
/// `AF_INET6`.
pub(crate) const AF_INET6: c_int = number("AF_INET6");
/// `SOCK_STREAM`.
pub(crate) const SOCK_STREAM: c_int = number("SOCK_STREAM");
const SHUT_RD: c_int = number("SHUT_RD");
const SHUT_WR: c_int = number("SHUT_WR");
const SHUT_RDWR: c_int = number("SHUT_RDWR");

/// The `how` of `shutdown` with Linux's number `number`.
pub(crate) fn shutdown(number: c_int) -> Result<Shutdown, Errno> {
    match number {
        SHUT_RD => Ok(Shutdown::Read),
        SHUT_WR => Ok(Shutdown::Write),
        SHUT_RDWR => Ok(Shutdown::Both),
        _ => Err(Errno::EINVAL),
    }
}
