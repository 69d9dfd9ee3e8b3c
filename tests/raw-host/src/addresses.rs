//! Addresses as texts.

use std::net::{IpAddr, SocketAddr};

use crate::bindings::wasocket::socket::types::{
    Address, Inet6Address, InetAddress, IpAddress, OtherAddress, UnixAddress,
};
use crate::words::{bytes, number};

/// Reads `127.0.0.1:80`, `[::1]:80`, `unix:PATH`, `abstract:NAME`, `unnamed`, `nobody` or `family:NUMBER`.
pub(crate) fn parse(text: &str) -> Result<Address, String> {
    if let Some(path) = text.strip_prefix("unix:") {
        return Ok(Address::Unix(UnixAddress::Path(bytes(path)?)));
    }
    if let Some(name) = text.strip_prefix("abstract:") {
        return Ok(Address::Unix(UnixAddress::Abstract(bytes(name)?)));
    }
    if let Some(family) = text.strip_prefix("family:") {
        return Ok(Address::Other(OtherAddress { family: number(family)?, data: vec![0; 14] }));
    }
    match text {
        "unnamed" => return Ok(Address::Unix(UnixAddress::Unnamed)),
        "nobody" => return Ok(Address::Other(OtherAddress { family: 0, data: Vec::new() })),
        _ => (),
    }
    Ok(match text.parse().map_err(|_| format!("no address: {text}"))? {
        SocketAddr::V4(address) => {
            Address::Inet(InetAddress { address: address.ip().octets().into(), port: address.port() })
        }
        SocketAddr::V6(address) => Address::Inet6(Inet6Address {
            address: address.ip().segments().into(),
            port: address.port(),
            flow_info: address.flowinfo(),
            scope_id: address.scope_id(),
        }),
    })
}

pub(crate) fn text(address: &Address) -> String {
    match address {
        Address::Inet(inet) => SocketAddr::new(<[u8; 4]>::from(inet.address).into(), inet.port).to_string(),
        Address::Inet6(inet) => SocketAddr::new(<[u16; 8]>::from(inet.address).into(), inet.port).to_string(),
        Address::Unix(UnixAddress::Unnamed) => "unnamed".to_owned(),
        Address::Unix(UnixAddress::Path(path)) => format!("unix:{}", path.escape_ascii()),
        Address::Unix(UnixAddress::Abstract(name)) => format!("abstract:{}", name.escape_ascii()),
        Address::Other(other) => format!("family:{}", other.family),
    }
}

/// Reads an address without a port.
pub(crate) fn parse_ip(text: &str) -> Result<IpAddress, String> {
    Ok(match text.parse().map_err(|_| format!("no address: {text}"))? {
        IpAddr::V4(address) => IpAddress::Ipv4(address.octets().into()),
        IpAddr::V6(address) => IpAddress::Ipv6(address.segments().into()),
    })
}

pub(crate) fn ip(address: &IpAddress) -> IpAddr {
    match *address {
        IpAddress::Ipv4(address) => <[u8; 4]>::from(address).into(),
        IpAddress::Ipv6(address) => <[u16; 8]>::from(address).into(),
    }
}
