//! Families, types, protocols and halves of connections.

use super::super::contract::types::{AddressFamily, ShutdownType, SocketType};
use crate::address::{Family, Kind, Shutdown};
use crate::errno::Errno;
use crate::netdb::numbers::{AF_INET, AF_INET6, AF_UNIX, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET, SOCK_STREAM};

/// A family of the contract in the core, by name or by Linux's number.
pub(in super::super) fn family_to_core(family: AddressFamily) -> Result<Family, Errno> {
    Family::numbered(family_number(family))
}

/// Linux's number of a family.
pub(in super::super) fn family_number(family: AddressFamily) -> i32 {
    match family {
        AddressFamily::Unix => AF_UNIX,
        AddressFamily::Inet => AF_INET,
        AddressFamily::Inet6 => AF_INET6,
        AddressFamily::Other(number) => number,
    }
}

/// A family of the core in the contract.
pub(in super::super) fn family_from_core(family: Family) -> AddressFamily {
    match family {
        Family::Unix => AddressFamily::Unix,
        Family::Inet => AddressFamily::Inet,
        Family::Inet6 => AddressFamily::Inet6,
    }
}

/// A type of the contract in the core, by name or by Linux's number.
pub(in super::super) fn type_to_core(kind: SocketType) -> Result<Kind, Errno> {
    Kind::numbered(type_number(kind))
}

/// Linux's number of a type.
pub(in super::super) fn type_number(kind: SocketType) -> i32 {
    match kind {
        SocketType::Stream => SOCK_STREAM,
        SocketType::Datagram => SOCK_DGRAM,
        SocketType::Raw => SOCK_RAW,
        SocketType::ReliableDatagram => SOCK_RDM,
        SocketType::SequentialPacket => SOCK_SEQPACKET,
        SocketType::Other(number) => number,
    }
}

/// A type of the core in the contract.
pub(in super::super) fn type_from_core(kind: Kind) -> SocketType {
    match kind {
        Kind::Stream => SocketType::Stream,
        Kind::Datagram => SocketType::Datagram,
        Kind::Raw => SocketType::Raw,
        Kind::SequentialPacket => SocketType::SequentialPacket,
    }
}

/// The type with this number of Linux.
pub(in super::super) fn type_from_number(number: i32) -> SocketType {
    match number {
        SOCK_STREAM => SocketType::Stream,
        SOCK_DGRAM => SocketType::Datagram,
        SOCK_RAW => SocketType::Raw,
        SOCK_RDM => SocketType::ReliableDatagram,
        SOCK_SEQPACKET => SocketType::SequentialPacket,
        other => SocketType::Other(other),
    }
}

/// A protocol number in the core. Numbers above `i32::MAX` are unknown protocols.
pub(in super::super) fn protocol_to_core(protocol: u32) -> Result<i32, Errno> {
    i32::try_from(protocol).map_err(|_| Errno::EPROTONOSUPPORT)
}

/// A protocol number of the core, which has no negative ones.
pub(in super::super) fn protocol_from_core(protocol: i32) -> u32 {
    protocol.unsigned_abs()
}

/// Halves of a connection.
pub(in super::super) fn shutdown_to_core(how: ShutdownType) -> Shutdown {
    match how {
        ShutdownType::Read => Shutdown::Read,
        ShutdownType::Write => Shutdown::Write,
        ShutdownType::Both => Shutdown::Both,
    }
}

/// `SOCK_RDM` on Linux.
const SOCK_RDM: i32 = crate::constants::number("SOCK_RDM");
