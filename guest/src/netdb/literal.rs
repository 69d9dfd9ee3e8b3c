//! Literal addresses as `getaddrinfo(3)` takes them.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use super::inet::parse_v4;
use super::interfaces::{LOOPBACK, has_named_scope};
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
                Ok(SocketAddrV6::new(*address, 0, 0, scope_of(*address, *scope)?).into())
            }
            (Self::V6(address, scope), AF_INET) => {
                let mapped = address.to_ipv4_mapped().ok_or(AddressInfoError::AddressFamily)?;
                scope_of(*address, *scope)?;
                Ok(SocketAddrV4::new(mapped, 0).into())
            }
            (Self::V4(_) | Self::V6(..), _) => Err(AddressInfoError::AddressFamily),
        }
    }
}

/// A scope by its number, or by the name of the interface that is always there.
fn scope_of(address: Ipv6Addr, scope: Option<&str>) -> Result<u32, AddressInfoError> {
    let Some(scope) = scope else { return Ok(0) };
    let (index, name) = LOOPBACK;
    if scope == name && has_named_scope(address) {
        return Ok(index);
    }
    let digits = scope.bytes().all(|byte| byte.is_ascii_digit());
    scope.parse().ok().filter(|_| digits).ok_or(AddressInfoError::NoName)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_numbers_or_the_interface_that_is_always_there() {
        let scope = |host| match Literal::parse(host)?.address(AF_UNSPEC, 0) {
            Ok(SocketAddr::V6(address)) => Some(address.scope_id()),
            Ok(SocketAddr::V4(_)) | Err(_) => None,
        };
        let cases = [("fe80::1%lo", Some(1)), ("fe80::1%7", Some(7)), ("fe80::1%eth0", None), ("2001:db8::1%lo", None)];
        for (host, expected) in cases {
            assert_eq!(scope(host), expected, "{host}");
        }
    }
}
