//! Literal addresses as `getaddrinfo(3)` takes them.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use super::inet::parse_v4;
use super::numbers::{AF_INET, AF_INET6, AF_UNSPEC, AI_V4MAPPED};
use crate::error::AddressInfoError;

/// A host that is an address.
pub(super) enum Literal<'a> {
    /// In any notation of `inet_aton(3)`.
    V4(Ipv4Addr),
    /// With what follows the `%`, if there is one.
    V6(Ipv6Addr, Option<&'a str>),
}

impl<'a> Literal<'a> {
    /// `host` as an address; `None` means that it may be a name.
    pub(super) fn parse(host: &'a str) -> Option<Self> {
        if let Some(address) = parse_v4(host.as_bytes()) {
            return Some(Self::V4(address));
        }
        match host.split_once('%') {
            Some((address, scope)) => Some(Self::V6(address.parse().ok()?, Some(scope))),
            None => Some(Self::V6(host.parse().ok()?, None)),
        }
    }

    /// The address with port 0, in the family that the hints ask for.
    pub(super) fn address(&self, family: i32, flags: i32) -> Result<SocketAddr, AddressInfoError> {
        match (self, family) {
            (Self::V4(address), AF_UNSPEC | AF_INET) => Ok(SocketAddrV4::new(*address, 0).into()),
            (Self::V4(address), AF_INET6) if flags & AI_V4MAPPED != 0 => {
                Ok(SocketAddrV6::new(address.to_ipv6_mapped(), 0, 0, 0).into())
            }
            (Self::V6(address, scope), AF_UNSPEC | AF_INET6) => {
                Ok(SocketAddrV6::new(*address, 0, 0, scope.map_or(Ok(0), parse_scope)?).into())
            }
            (Self::V6(address, scope), AF_INET) => {
                let address = address.to_ipv4_mapped().ok_or(AddressInfoError::AddressFamily)?;
                scope.map_or(Ok(0), parse_scope)?;
                Ok(SocketAddrV4::new(address, 0).into())
            }
            (Self::V4(_) | Self::V6(..), _) => Err(AddressInfoError::AddressFamily),
        }
    }
}

/// A scope by its number: names of interfaces are known to the host only.
fn parse_scope(scope: &str) -> Result<u32, AddressInfoError> {
    let digits = scope.bytes().all(|byte| byte.is_ascii_digit());
    scope.parse().ok().filter(|_| digits).ok_or(AddressInfoError::NoName)
}
