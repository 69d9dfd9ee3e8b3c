//! The kinds of sockets that guests may have.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use rustix::net::AddressFamily as SystemFamily;
use socket2::{Domain, Protocol as SystemProtocol, Type};

use super::errors::{HostResult, os};
use super::types::{AddressFamily, Errno, SocketType};
use crate::policy::rule::Protocol;

/// What a socket is, for the policy and for its calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) family: Family,
    pub(super) style: Style,
}

/// The families that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Inet,
    Inet6,
    Unix,
}

/// How a socket carries data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Stream,
    Datagram,
    SequentialPacket,
}

impl Kind {
    /// The kind of socket that a guest asks for, if there is such a thing and guests may have it.
    pub(super) fn of(
        family: AddressFamily,
        style: SocketType,
        protocol: u32,
    ) -> HostResult<(Self, Option<SystemProtocol>)> {
        let family = match family {
            AddressFamily::Inet => Family::Inet,
            AddressFamily::Inet6 => Family::Inet6,
            AddressFamily::Unix => Family::Unix,
            AddressFamily::Other(_) => return Err(os(Errno::AddressFamilyNotSupported)),
        };
        let style = match (family, style) {
            (_, SocketType::Stream) => Style::Stream,
            (_, SocketType::Datagram) => Style::Datagram,
            (Family::Unix, SocketType::SequentialPacket) => Style::SequentialPacket,
            // What the system says to those without privileges, whatever this process has.
            (Family::Inet | Family::Inet6, SocketType::Raw) => return Err(os(Errno::NotPermitted)),
            (
                _,
                SocketType::Raw | SocketType::SequentialPacket | SocketType::ReliableDatagram | SocketType::Other(_),
            ) => return Err(os(Errno::SocketTypeNotSupported)),
        };
        let protocol = match (family, style, protocol) {
            (_, _, 0) => None,
            (Family::Unix, _, PF_UNIX) => None,
            (Family::Inet | Family::Inet6, Style::Stream, TCP) => Some(SystemProtocol::TCP),
            (Family::Inet | Family::Inet6, Style::Datagram, UDP) => Some(SystemProtocol::UDP),
            (Family::Inet | Family::Inet6, Style::Datagram, UDPLITE) => Some(SystemProtocol::UDPLITE),
            _ => return Err(os(Errno::ProtocolNotSupported)),
        };
        Ok((Self { family, style }, protocol))
    }

    /// The word that rules have for it.
    pub(super) fn protocol(self) -> Protocol {
        match self.style {
            Style::Stream | Style::SequentialPacket => Protocol::Tcp,
            Style::Datagram => Protocol::Udp,
        }
    }

    pub(super) fn is_internet(self) -> bool {
        matches!(self.family, Family::Inet | Family::Inet6)
    }

    /// Whether others can reach it without having been asked: it has senders, not a peer.
    pub(super) fn is_internet_datagram(self) -> bool {
        self.is_internet() && self.style == Style::Datagram
    }

    pub(super) fn domain(self) -> Domain {
        match self.family {
            Family::Inet => Domain::IPV4,
            Family::Inet6 => Domain::IPV6,
            Family::Unix => Domain::UNIX,
        }
    }

    pub(super) fn system_type(self) -> Type {
        let style = match self.style {
            Style::Stream => Type::STREAM,
            Style::Datagram => Type::DGRAM,
            Style::SequentialPacket => Type::SEQPACKET,
        };
        style.nonblocking().cloexec()
    }

    /// The transport, of a socket that can leave this machine.
    pub(super) fn transport(self) -> Option<Protocol> {
        self.is_internet().then(|| self.protocol())
    }

    /// An address as a socket of this family takes it: of one family only, but for IPv4 on IPv6.
    pub(super) fn fitted(self, address: SocketAddr) -> SocketAddr {
        match (self.family, address.ip()) {
            (Family::Inet6, IpAddr::V4(ip)) => SocketAddr::new(ip.to_ipv6_mapped().into(), address.port()),
            _ => address,
        }
    }

    /// Whether a socket of this family can be given an address, before anything is made of that.
    pub(super) fn expect_fitting(self, address: SocketAddr) -> HostResult<()> {
        match (self.family, address) {
            (Family::Inet, SocketAddr::V4(_)) | (Family::Inet6, _) => Ok(()),
            (Family::Inet, SocketAddr::V6(_)) | (Family::Unix, _) => Err(os(Errno::AddressFamilyNotSupported)),
        }
    }

    /// Where a socket is that has not been bound.
    pub(super) fn anywhere(self) -> SocketAddr {
        match self.family {
            Family::Inet | Family::Unix => SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0),
            Family::Inet6 => SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), 0),
        }
    }
}

/// `PF_UNIX`, which the system takes as a protocol of `AF_UNIX`.
const PF_UNIX: u32 = SystemFamily::UNIX.as_raw() as u32;
const TCP: u32 = 6;
const UDP: u32 = 17;
const UDPLITE: u32 = 136;
