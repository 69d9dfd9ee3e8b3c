//! Families, kinds and addresses of sockets.

use std::net::{IpAddr, SocketAddr};

use crate::errno::Errno;
use crate::netdb::numbers::{AF_INET, AF_INET6, AF_UNIX, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET, SOCK_STREAM};

/// An address family: the `family` of `socket.socket(family, type, proto)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// `AF_INET`: IPv4.
    Inet,
    /// `AF_INET6`: IPv6.
    Inet6,
    /// `AF_UNIX`: sockets inside one program.
    Unix,
}

/// A socket type: the `type` of `socket.socket(family, type, proto)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `SOCK_STREAM`.
    Stream,
    /// `SOCK_DGRAM`.
    Datagram,
    /// `SOCK_SEQPACKET`.
    SequentialPacket,
    /// `SOCK_RAW`.
    Raw,
}

/// No type of Linux has this number or a greater one: `SOCK_MAX`.
const TYPES: i32 = 11;

impl Family {
    /// The family with this number of Linux.
    ///
    /// # Errors
    /// `EAFNOSUPPORT`: it is another one.
    pub fn numbered(number: i32) -> Result<Self, Errno> {
        match number {
            AF_UNIX => Ok(Self::Unix),
            AF_INET => Ok(Self::Inet),
            AF_INET6 => Ok(Self::Inet6),
            _ => Err(Errno::EAFNOSUPPORT),
        }
    }

    /// Its number on Linux.
    #[must_use]
    pub fn number(self) -> i32 {
        match self {
            Self::Unix => AF_UNIX,
            Self::Inet => AF_INET,
            Self::Inet6 => AF_INET6,
        }
    }
}

impl Kind {
    /// The type with this number of Linux, without the flags that may be added to it.
    ///
    /// # Errors
    /// `ESOCKTNOSUPPORT`: it is another one of Linux. `EINVAL`: it is none.
    pub fn numbered(number: i32) -> Result<Self, Errno> {
        match number {
            SOCK_STREAM => Ok(Self::Stream),
            SOCK_DGRAM => Ok(Self::Datagram),
            SOCK_RAW => Ok(Self::Raw),
            SOCK_SEQPACKET => Ok(Self::SequentialPacket),
            0..TYPES => Err(Errno::ESOCKTNOSUPPORT),
            _ => Err(Errno::EINVAL),
        }
    }

    /// Its number on Linux.
    #[must_use]
    pub fn number(self) -> i32 {
        match self {
            Self::Stream => SOCK_STREAM,
            Self::Datagram => SOCK_DGRAM,
            Self::Raw => SOCK_RAW,
            Self::SequentialPacket => SOCK_SEQPACKET,
        }
    }
}

/// The two families that a [`Transport`](crate::net::Transport) connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IpFamily {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl IpFamily {
    /// The family of `address`.
    #[must_use]
    pub fn of(address: &SocketAddr) -> Self {
        match address.ip() {
            IpAddr::V4(_) => Self::V4,
            IpAddr::V6(_) => Self::V6,
        }
    }

    /// `address` as one of this family, or `EAFNOSUPPORT`.
    pub(crate) fn expect(self, address: &Address) -> Result<SocketAddr, Errno> {
        match address {
            Address::Ip(address) if Self::of(address) == self => Ok(*address),
            Address::Ip(_) | Address::Unix(_) => Err(Errno::EAFNOSUPPORT),
        }
    }
}

/// The address of a socket, in the form of its family.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Address {
    /// `AF_INET` and `AF_INET6`.
    Ip(SocketAddr),
    /// `AF_UNIX`.
    Unix(UnixAddress),
}

impl Address {
    /// This address as one of `AF_UNIX`, or `EINVAL`.
    pub(crate) fn expect_unix(&self) -> Result<&UnixAddress, Errno> {
        match self {
            Self::Unix(address) => Ok(address),
            Self::Ip(_) => Err(Errno::EINVAL),
        }
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        Self::Ip(address)
    }
}

/// An address of `AF_UNIX`; see `unix(7)`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UnixAddress {
    /// A socket without a name, as both ends of `socket.socketpair()` are: `''` in Python.
    Unnamed,
    /// A path, in the file system's encoding.
    Path(Vec<u8>),
    /// A name of Linux's abstract namespace, without the NUL that Python writes before it.
    Abstract(Vec<u8>),
}

/// The `how` of `socket.shutdown(how)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shutdown {
    /// `SHUT_RD`.
    Read,
    /// `SHUT_WR`.
    Write,
    /// `SHUT_RDWR`.
    Both,
}

impl Shutdown {
    /// Whether the receiving half is shut.
    #[must_use]
    pub fn reads(self) -> bool {
        matches!(self, Self::Read | Self::Both)
    }

    /// Whether the sending half is shut.
    #[must_use]
    pub fn writes(self) -> bool {
        matches!(self, Self::Write | Self::Both)
    }
}
