//! Conversions between WASI's types and ours, and nothing else.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use wasip2::io::streams::StreamError;
use wasip2::sockets::network::{
    ErrorCode as WasiCode, IpAddress, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress,
};

use crate::address::IpFamily;
use crate::net::{ErrorCode, NetError};

/// What the host says of a stream that failed is known only as text; these are the texts that name a code, without what
/// differs between spellings: wasmtime writes `connection-reset` and `ConnectionReset`.
const STREAM_FAILURES: &[(&str, ErrorCode)] = &[
    ("connectionreset", ErrorCode::ConnectionReset),
    ("connectionaborted", ErrorCode::ConnectionAborted),
    ("connectionrefused", ErrorCode::ConnectionRefused),
    ("brokenpipe", ErrorCode::BrokenPipe),
    ("connectionbroken", ErrorCode::BrokenPipe),
    ("unreachable", ErrorCode::RemoteUnreachable),
    ("timedout", ErrorCode::Timeout),
    ("timeout", ErrorCode::Timeout),
    ("accessdenied", ErrorCode::AccessDenied),
    ("outofmemory", ErrorCode::OutOfMemory),
];

pub(super) fn family(family: IpFamily) -> IpAddressFamily {
    match family {
        IpFamily::V4 => IpAddressFamily::Ipv4,
        IpFamily::V6 => IpAddressFamily::Ipv6,
    }
}

pub(super) fn to_wasi(address: SocketAddr) -> IpSocketAddress {
    match address {
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
    }
}

pub(super) fn from_wasi(address: IpSocketAddress) -> SocketAddr {
    match address {
        IpSocketAddress::Ipv4(Ipv4SocketAddress { port, address: (a, b, c, d) }) => {
            SocketAddrV4::new(Ipv4Addr::new(a, b, c, d), port).into()
        }
        IpSocketAddress::Ipv6(Ipv6SocketAddress { port, flow_info, address: (a, b, c, d, e, f, g, h), scope_id }) => {
            SocketAddrV6::new(Ipv6Addr::new(a, b, c, d, e, f, g, h), port, flow_info, scope_id).into()
        }
    }
}

pub(super) fn ip_from_wasi(address: IpAddress) -> IpAddr {
    match address {
        IpAddress::Ipv4((a, b, c, d)) => Ipv4Addr::new(a, b, c, d).into(),
        IpAddress::Ipv6((a, b, c, d, e, f, g, h)) => Ipv6Addr::new(a, b, c, d, e, f, g, h).into(),
    }
}

pub(super) fn net_error(code: WasiCode) -> NetError {
    NetError::Code(match code {
        WasiCode::WouldBlock => return NetError::WouldBlock,
        WasiCode::Unknown => ErrorCode::Unknown,
        WasiCode::AccessDenied => ErrorCode::AccessDenied,
        WasiCode::NotSupported => ErrorCode::NotSupported,
        WasiCode::InvalidArgument => ErrorCode::InvalidArgument,
        WasiCode::OutOfMemory => ErrorCode::OutOfMemory,
        WasiCode::Timeout => ErrorCode::Timeout,
        WasiCode::ConcurrencyConflict => ErrorCode::ConcurrencyConflict,
        WasiCode::NotInProgress | WasiCode::InvalidState => ErrorCode::InvalidState,
        WasiCode::NewSocketLimit => ErrorCode::NewSocketLimit,
        WasiCode::AddressNotBindable => ErrorCode::AddressNotBindable,
        WasiCode::AddressInUse => ErrorCode::AddressInUse,
        WasiCode::RemoteUnreachable => ErrorCode::RemoteUnreachable,
        WasiCode::ConnectionRefused => ErrorCode::ConnectionRefused,
        WasiCode::ConnectionReset => ErrorCode::ConnectionReset,
        WasiCode::ConnectionAborted => ErrorCode::ConnectionAborted,
        WasiCode::DatagramTooLarge => ErrorCode::DatagramTooLarge,
        WasiCode::NameUnresolvable => ErrorCode::NameUnresolvable,
        WasiCode::TemporaryResolverFailure => ErrorCode::TemporaryResolverFailure,
        WasiCode::PermanentResolverFailure => ErrorCode::PermanentResolverFailure,
    })
}

/// Why a stream failed; `closed` is what it means that the stream is closed, which differs by direction.
pub(super) fn stream_failure(error: StreamError, closed: ErrorCode) -> NetError {
    match error {
        StreamError::Closed => NetError::Code(closed),
        StreamError::LastOperationFailed(error) => {
            let text = error.to_debug_string();
            // Further lines say where in the host it arose: names of its functions look like errors.
            let text = text.lines().next().unwrap_or_default().to_owned();
            let plain: String = text.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_lowercase();
            let known = STREAM_FAILURES.iter().find(|(word, _)| plain.contains(word));
            known.map_or_else(|| NetError::Other(text), |(_, code)| NetError::Code(*code))
        }
    }
}
