//! IPv6 sockets that are reached over IPv4 as well: `IPV6_V6ONLY` off, as it is by default on Linux.
//!
//! WASI's IPv6 sockets carry IPv6 alone, so a dual-stack socket is two of them, and IPv4 addresses are shown mapped.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, SocketAddrV6};

use crate::address::IpFamily;
use crate::errno::Errno;
use crate::errno_table::Operation;
use crate::error::{Error, Result};
use crate::net::{NetOption, Protocol, Transport};
use crate::waiting::error_of;

/// The IPv4 address inside an IPv4-mapped one (`::ffff:192.0.2.1`).
pub(crate) fn unmapped(address: SocketAddr) -> Option<SocketAddr> {
    match address.ip() {
        IpAddr::V6(ip) => ip.to_ipv4_mapped().map(|ip| SocketAddr::new(ip.into(), address.port())),
        IpAddr::V4(_) => None,
    }
}

/// `address` in the form of an IPv6 socket: an IPv4 address is mapped.
pub(crate) fn mapped(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) => SocketAddrV6::new(ip.to_ipv6_mapped(), address.port(), 0, 0).into(),
        IpAddr::V6(_) => address,
    }
}

/// The IPv4 half of a socket that is bound to `port` of all IPv6 addresses. There is none where a host has no IPv4, or does
/// not let this program use it: then the socket is reached over IPv6 alone.
///
/// # Errors
/// `EADDRINUSE`: another socket has the port over IPv4.
pub(crate) fn bind_v4_half<N: Transport>(
    net: &N,
    port: u16,
    settings: &[(NetOption, u64)],
) -> Result<Option<N::Socket>> {
    let Ok(socket) = net.open(IpFamily::V4, Protocol::Tcp) else { return Ok(None) };
    for (option, value) in settings {
        // They were accepted by the other half; one that is refused here must not cost the socket.
        let _ = net.set_option(&socket, *option, *value);
    }
    match net.bind(&socket, (Ipv4Addr::UNSPECIFIED, port).into()) {
        Ok(()) => Ok(Some(socket)),
        Err(error) => match error_of(Operation::Bind, error) {
            error @ Error::Os { errno: Errno::EADDRINUSE, .. } => Err(error),
            _ => Ok(None),
        },
    }
}
