//! What a program may give where Python takes an address.

use std::net::SocketAddr;

use super::Program;
use crate::address::{Address, Family, UnixAddress};
use crate::error::{AddressInfoError, Result};
use crate::net::Network;

/// An address of a socket, or a host and a port; a host that is a name is looked up in the socket's family, as Python does before
/// the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// An address.
    Address(Address),
    /// `(host, port)`.
    HostAndPort(String, u16),
}

impl Destination {
    pub(super) fn resolve<N: Network>(self, program: &Program<N>, family: Family) -> Result<Address> {
        let (host, port) = match self {
            Self::Address(address) => return Ok(address),
            Self::HostAndPort(host, port) => (host, port),
        };
        let address = program.sockets().resolve_host(host.as_bytes(), ip_family(family)?)?;
        Ok(Address::Ip(SocketAddr::new(address, port)))
    }
}

fn ip_family(family: Family) -> Result<crate::address::IpFamily> {
    match family {
        Family::Inet => Ok(crate::address::IpFamily::V4),
        Family::Inet6 => Ok(crate::address::IpFamily::V6),
        Family::Unix => Err(AddressInfoError::Family.into()),
    }
}

impl From<Address> for Destination {
    fn from(address: Address) -> Self {
        Self::Address(address)
    }
}

impl From<SocketAddr> for Destination {
    fn from(address: SocketAddr) -> Self {
        Self::Address(address.into())
    }
}

impl From<UnixAddress> for Destination {
    fn from(address: UnixAddress) -> Self {
        Self::Address(Address::Unix(address))
    }
}

impl From<(&str, u16)> for Destination {
    fn from((host, port): (&str, u16)) -> Self {
        Self::HostAndPort(host.to_owned(), port)
    }
}
