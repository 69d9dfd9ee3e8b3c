//! Socket addresses as texts.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use wasip2::sockets::network::{IpAddress, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress};

/// Reads `127.0.0.1:80` or `[::1]:80`.
pub(crate) fn parse(text: &str) -> Result<IpSocketAddress, String> {
    Ok(match text.parse().map_err(|_| format!("no address: {text}"))? {
        SocketAddr::V4(address) => {
            let [a, b, c, d] = address.ip().octets();
            IpSocketAddress::Ipv4(Ipv4SocketAddress { port: address.port(), address: (a, b, c, d) })
        }
        SocketAddr::V6(address) => {
            let [a, b, c, d, e, f, g, h] = address.ip().segments();
            IpSocketAddress::Ipv6(Ipv6SocketAddress {
                port: address.port(),
                flow_info: address.flowinfo(),
                address: (a, b, c, d, e, f, g, h),
                scope_id: address.scope_id(),
            })
        }
    })
}

pub(crate) fn text(address: IpSocketAddress) -> String {
    match address {
        IpSocketAddress::Ipv4(address) => SocketAddr::new(ip(IpAddress::Ipv4(address.address)), address.port),
        IpSocketAddress::Ipv6(address) => SocketAddr::new(ip(IpAddress::Ipv6(address.address)), address.port),
    }
    .to_string()
}

pub(crate) fn ip(address: IpAddress) -> IpAddr {
    match address {
        IpAddress::Ipv4((a, b, c, d)) => Ipv4Addr::new(a, b, c, d).into(),
        IpAddress::Ipv6((a, b, c, d, e, f, g, h)) => Ipv6Addr::new(a, b, c, d, e, f, g, h).into(),
    }
}

pub(crate) fn family(family: IpAddressFamily) -> &'static str {
    match family {
        IpAddressFamily::Ipv4 => "ipv4",
        IpAddressFamily::Ipv6 => "ipv6",
    }
}
