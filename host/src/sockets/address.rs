//! Addresses: as the contract writes them, and as the system does.

use std::ffi::OsStr;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use socket2::SockAddr;

use super::errors::{HostResult, os};
use super::types::{Address, Errno, Inet6Address, InetAddress, IpAddress, OtherAddress, UnixAddress};

/// An address that a guest names.
pub(super) enum Named {
    /// Of the internet.
    Internet(SocketAddr),
    /// `AF_UNSPEC`: of nobody.
    Nobody,
    /// Of another family: that of `AF_UNIX`.
    Unix(UnixAddress),
}

/// Reads an address of the contract.
pub(super) fn named(address: Address) -> HostResult<Named> {
    match address {
        Address::Inet(InetAddress { address, port }) => {
            Ok(Named::Internet(SocketAddrV4::new(ipv4(address), port).into()))
        }
        Address::Inet6(Inet6Address { address, port, flow_info, scope_id }) => {
            // The system keeps the flow label as the network sends it.
            Ok(Named::Internet(SocketAddrV6::new(ipv6(address), port, flow_info.to_be(), scope_id).into()))
        }
        Address::Unix(address) => Ok(Named::Unix(address)),
        Address::Other(OtherAddress { family: libc::AF_UNSPEC, .. }) => Ok(Named::Nobody),
        Address::Other(_) => Err(os(Errno::AddressFamilyNotSupported)),
    }
}

/// Writes an address of the internet as the contract has it.
pub(super) fn written(address: SocketAddr) -> Address {
    match address {
        SocketAddr::V4(address) => {
            Address::Inet(InetAddress { address: address.ip().octets().into(), port: address.port() })
        }
        SocketAddr::V6(address) => Address::Inet6(Inet6Address {
            address: address.ip().segments().into(),
            port: address.port(),
            flow_info: u32::from_be(address.flowinfo()),
            scope_id: address.scope_id(),
        }),
    }
}

/// An address of a family that this host does not give out: its number alone.
pub(super) fn foreign(address: &SockAddr) -> Address {
    Address::Other(OtherAddress { family: address.family().into(), data: Vec::new() })
}

pub(super) fn ip(address: IpAddress) -> IpAddr {
    match address {
        IpAddress::Ipv4(address) => ipv4(address).into(),
        IpAddress::Ipv6(address) => ipv6(address).into(),
    }
}

pub(super) fn ip_written(address: IpAddr) -> IpAddress {
    match address {
        IpAddr::V4(address) => IpAddress::Ipv4(address.octets().into()),
        IpAddr::V6(address) => IpAddress::Ipv6(address.segments().into()),
    }
}

pub(super) fn ipv4(address: (u8, u8, u8, u8)) -> Ipv4Addr {
    <[u8; 4]>::from(address).into()
}

pub(super) fn ipv6(address: (u16, u16, u16, u16, u16, u16, u16, u16)) -> Ipv6Addr {
    <[u16; 8]>::from(address).into()
}

/// A path of `AF_UNIX`, which is any bytes.
pub(super) fn path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

/// The address of the internet that a socket has.
pub(super) fn local(socket: &socket2::Socket) -> Option<SocketAddr> {
    socket.local_addr().ok().and_then(|local| local.as_socket())
}
