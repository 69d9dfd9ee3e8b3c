//! Linux's numbers for families, types and the ways to shut down: what Python programs see and write.

use std::ffi::c_int;

use wasocket::address::{Family, Kind, Shutdown};
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
/// `SOCK_DGRAM`.
pub(crate) const SOCK_DGRAM: c_int = number("SOCK_DGRAM");
const SOCK_RAW: c_int = number("SOCK_RAW");
const SOCK_SEQPACKET: c_int = number("SOCK_SEQPACKET");
const SHUT_RD: c_int = number("SHUT_RD");
const SHUT_WR: c_int = number("SHUT_WR");
const SHUT_RDWR: c_int = number("SHUT_RDWR");

/// No type of Linux has this number or a greater one.
const TYPES: c_int = 11;

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
        SOCK_RAW => Ok(Kind::Raw),
        SOCK_SEQPACKET => Ok(Kind::SequentialPacket),
        0..TYPES => Err(Errno::ESOCKTNOSUPPORT),
        _ => Err(Errno::EINVAL),
    }
}

/// Linux's number of `kind`.
pub(crate) fn kind_number(kind: Kind) -> c_int {
    match kind {
        Kind::Stream => SOCK_STREAM,
        Kind::Datagram => SOCK_DGRAM,
        Kind::Raw => SOCK_RAW,
        Kind::SequentialPacket => SOCK_SEQPACKET,
    }
}

/// The `how` of `shutdown` with Linux's number `number`.
pub(crate) fn shutdown(number: c_int) -> Result<Shutdown, Errno> {
    match number {
        SHUT_RD => Ok(Shutdown::Read),
        SHUT_WR => Ok(Shutdown::Write),
        SHUT_RDWR => Ok(Shutdown::Both),
        _ => Err(Errno::EINVAL),
    }
}
