//! Linux's numbers for families, types and the ways to shut down: what Python programs see and write.

use std::ffi::c_int;

use wasocket::address::{Family, Kind, Shutdown};
use wasocket::errno::Errno;

/// `SOCK_NONBLOCK`.
pub(crate) const SOCK_NONBLOCK: c_int = 0x800;
/// `SOCK_CLOEXEC`.
pub(crate) const SOCK_CLOEXEC: c_int = 0x80000;
/// `AF_UNIX`.
pub(crate) const AF_UNIX: c_int = 1;
/// `AF_INET`.
pub(crate) const AF_INET: c_int = 2;
/// `AF_INET6`.
pub(crate) const AF_INET6: c_int = 10;
/// `SOCK_STREAM`.
pub(crate) const SOCK_STREAM: c_int = 1;
/// `SOCK_DGRAM`.
pub(crate) const SOCK_DGRAM: c_int = 2;

/// No type of Linux has this number or a greater one.
const SOCK_MAX: c_int = 11;

/// The family with Linux's number `number`.
pub(crate) fn family(number: c_int) -> Result<Family, Errno> {
    match number {
        AF_UNIX => Ok(Family::Unix),
        AF_INET => Ok(Family::Inet),
        AF_INET6 => Ok(Family::Inet6),
        _ => Err(Errno::EAFNOSUPPORT),
    }
}

/// Linux's number of `family`.
pub(crate) fn family_number(family: Family) -> c_int {
    match family {
        Family::Unix => AF_UNIX,
        Family::Inet => AF_INET,
        Family::Inet6 => AF_INET6,
    }
}

/// The type with Linux's number `number`, after the flags that may come with it were taken away.
pub(crate) fn kind(number: c_int) -> Result<Kind, Errno> {
    match number {
        SOCK_STREAM => Ok(Kind::Stream),
        SOCK_DGRAM => Ok(Kind::Datagram),
        3 => Ok(Kind::Raw),
        5 => Ok(Kind::SequentialPacket),
        0..SOCK_MAX => Err(Errno::ESOCKTNOSUPPORT),
        _ => Err(Errno::EINVAL),
    }
}

/// Linux's number of `kind`.
pub(crate) fn kind_number(kind: Kind) -> c_int {
    match kind {
        Kind::Stream => SOCK_STREAM,
        Kind::Datagram => SOCK_DGRAM,
        Kind::Raw => 3,
        Kind::SequentialPacket => 5,
    }
}

/// The `how` of `shutdown` with Linux's number `number`.
pub(crate) fn shutdown(number: c_int) -> Result<Shutdown, Errno> {
    match number {
        0 => Ok(Shutdown::Read),
        1 => Ok(Shutdown::Write),
        2 => Ok(Shutdown::Both),
        _ => Err(Errno::EINVAL),
    }
}
