//! Addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use super::super::contract::types::{
    Address, Inet6Address, InetAddress, IpAddress, Ipv4Address, Ipv6Address, UnixAddress,
};
use crate::address;
use crate::errno::Errno;

/// An address of the contract in the core, which has no families but its own.
pub(in super::super) fn address_to_core(address: Address) -> Result<address::Address, Errno> {
    match address {
        Address::Inet(InetAddress { address, port }) => {
            Ok(SocketAddr::V4(SocketAddrV4::new(ipv4_to_core(address), port)).into())
        }
        Address::Inet6(Inet6Address { flow_info, .. }) if flow_info > MAX_FLOW_INFO => Err(Errno::EINVAL),
        Address::Inet6(Inet6Address { address, port, flow_info, scope_id }) => {
            Ok(SocketAddr::V6(SocketAddrV6::new(ipv6_to_core(address), port, flow_info, scope_id)).into())
        }
        Address::Unix(address) => unix_to_core(address).map(address::Address::Unix),
        Address::Other(_) => Err(Errno::EAFNOSUPPORT),
    }
}

/// As Linux reads `sun_path`: no bytes are no name, and more than there is room for are no address.
fn unix_to_core(address: UnixAddress) -> Result<address::UnixAddress, Errno> {
    match address {
        UnixAddress::Path(name) | UnixAddress::Abstract(name) if name.len() > MAX_NAME => Err(Errno::EINVAL),
        UnixAddress::Unnamed => Ok(address::UnixAddress::Unnamed),
        UnixAddress::Path(path) if path.is_empty() => Ok(address::UnixAddress::Unnamed),
        UnixAddress::Path(path) => Ok(address::UnixAddress::Path(path)),
        UnixAddress::Abstract(name) => Ok(address::UnixAddress::Abstract(name)),
    }
}

/// An address of the core in the contract.
pub(in super::super) fn address_from_core(address: address::Address) -> Address {
    match address {
        address::Address::Ip(SocketAddr::V4(address)) => {
            Address::Inet(InetAddress { address: ipv4_from_core(*address.ip()), port: address.port() })
        }
        address::Address::Ip(SocketAddr::V6(address)) => Address::Inet6(Inet6Address {
            address: ipv6_from_core(*address.ip()),
            port: address.port(),
            flow_info: address.flowinfo(),
            scope_id: address.scope_id(),
        }),
        address::Address::Unix(address::UnixAddress::Unnamed) => Address::Unix(UnixAddress::Unnamed),
        address::Address::Unix(address::UnixAddress::Path(path)) => Address::Unix(UnixAddress::Path(path)),
        address::Address::Unix(address::UnixAddress::Abstract(name)) => Address::Unix(UnixAddress::Abstract(name)),
    }
}

/// An address without a port.
pub(in super::super) fn ip_to_core(address: IpAddress) -> IpAddr {
    match address {
        IpAddress::Ipv4(address) => IpAddr::V4(ipv4_to_core(address)),
        IpAddress::Ipv6(address) => IpAddr::V6(ipv6_to_core(address)),
    }
}

/// An address without a port.
pub(in super::super) fn ip_from_core(address: IpAddr) -> IpAddress {
    match address {
        IpAddr::V4(address) => IpAddress::Ipv4(ipv4_from_core(address)),
        IpAddr::V6(address) => IpAddress::Ipv6(ipv6_from_core(address)),
    }
}

/// Four bytes.
pub(in super::super) fn ipv4_to_core((a, b, c, d): Ipv4Address) -> Ipv4Addr {
    Ipv4Addr::new(a, b, c, d)
}

/// Four bytes.
pub(in super::super) fn ipv4_from_core(address: Ipv4Addr) -> Ipv4Address {
    address.octets().into()
}

fn ipv6_to_core(groups: Ipv6Address) -> Ipv6Addr {
    Ipv6Addr::from(<[u16; 8]>::from(groups))
}

fn ipv6_from_core(address: Ipv6Addr) -> Ipv6Address {
    address.segments().into()
}

/// `sun_path` has 108 bytes: a path ends with a NUL, an abstract name begins with one.
const MAX_NAME: usize = 107;
/// The flow label has 20 bits.
const MAX_FLOW_INFO: u32 = 0xf_ffff;
