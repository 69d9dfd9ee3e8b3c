//! `getnameinfo`: an address as the name of a host and the name of a service.
//!
//! # References
//! - <https://docs.python.org/3/library/socket.html#socket.getnameinfo>
//! - <https://man7.org/linux/man-pages/man3/getnameinfo.3.html>

use std::net::{SocketAddr, SocketAddrV6};

use super::addrinfo::{Hints, getaddrinfo};
use super::interfaces::{LOOPBACK, has_named_scope};
use super::numbers::{
    AI_NUMERICHOST, NI_DGRAM, NI_IDN, NI_NAMEREQD, NI_NOFQDN, NI_NUMERICHOST, NI_NUMERICSERV, SOCK_DGRAM,
};
use super::plan::Plan;
use super::{inet, localhost, services};
use crate::error::{AddressInfoError, Error, Result};

/// The C library's deprecated companions of `NI_IDN`.
const DEPRECATED_IDN_FLAGS: i32 = 0xc0;
const KNOWN_FLAGS: i32 =
    NI_NUMERICHOST | NI_NUMERICSERV | NI_NOFQDN | NI_NAMEREQD | NI_DGRAM | NI_IDN | DEPRECATED_IDN_FLAGS;

/// `(host, port)`: what `socket.getnameinfo` returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameInfo {
    /// The name of the host, or its address as a text with its scope if it has one.
    pub host: String,
    /// The name of the service, or the port's number.
    pub service: String,
}

/// The address tuple that `socket.getnameinfo` takes: `host` has to be a literal, `length` is that of the tuple.
///
/// # Errors
/// [`Error::AddressInfo`]: not a literal, or a negative port. [`Error::Text`]: a tuple of the wrong length.
pub fn name_info_address(host: &[u8], port: i32, flow_info: u32, scope: u32, length: usize) -> Result<SocketAddr> {
    let hints = Hints { kind: SOCK_DGRAM, flags: AI_NUMERICHOST, ..Hints::default() };
    let plan = getaddrinfo(Some(host), Some(port.to_string().as_bytes()), &hints)?;
    let Plan::Done(infos) = plan else { return Err(AddressInfoError::NoName.into()) };
    let [info] = infos.as_slice() else { return Err(Error::Text("sockaddr resolved to multiple addresses")) };
    match info.address {
        SocketAddr::V4(_) if length != 2 => Err(Error::Text("IPv4 sockaddr must be 2 tuple")),
        SocketAddr::V4(_) => Ok(info.address),
        SocketAddr::V6(address) => Ok(SocketAddrV6::new(*address.ip(), address.port(), flow_info, scope).into()),
    }
}

/// `socket.getnameinfo(sockaddr, flags)`, with Linux's numbers of the `NI_*` flags. Only the loopback addresses have a
/// name that is known here.
///
/// # Errors
/// [`Error::AddressInfo`]: unknown flags, or no name where `NI_NAMEREQD` asks for one.
pub fn getnameinfo(address: SocketAddr, flags: i32) -> Result<NameInfo> {
    getnameinfo_with(address, flags, None)
}

/// Whether [`getnameinfo`] could use a name that a network knows of `address`.
#[must_use]
pub fn wants_name(address: SocketAddr, flags: i32) -> bool {
    flags & !KNOWN_FLAGS == 0 && flags & NI_NUMERICHOST == 0 && localhost::name_of(address.ip()).is_none()
}

/// [`getnameinfo`] with the name that a network knows of the address.
///
/// # Errors
/// As [`getnameinfo`].
pub fn getnameinfo_with(address: SocketAddr, flags: i32, found: Option<String>) -> Result<NameInfo> {
    if flags & !KNOWN_FLAGS != 0 {
        return Err(AddressInfoError::BadFlags.into());
    }
    let name =
        if flags & NI_NUMERICHOST == 0 { localhost::name_of(address.ip()).map(str::to_owned).or(found) } else { None };
    let host = match name {
        Some(name) => name,
        None if flags & NI_NAMEREQD != 0 => return Err(AddressInfoError::NoName.into()),
        None => literal(address),
    };
    Ok(NameInfo { host, service: service(address.port(), flags) })
}

fn literal(address: SocketAddr) -> String {
    let text = inet::text(address.ip());
    let (loopback, name) = LOOPBACK;
    match address {
        SocketAddr::V6(address) if address.scope_id() == loopback && has_named_scope(*address.ip()) => {
            format!("{text}%{name}")
        }
        SocketAddr::V6(address) if address.scope_id() != 0 => format!("{text}%{}", address.scope_id()),
        SocketAddr::V4(_) | SocketAddr::V6(_) => text,
    }
}

fn service(port: u16, flags: i32) -> String {
    let protocol = if flags & NI_DGRAM == 0 { "tcp" } else { "udp" };
    let name = if flags & NI_NUMERICSERV == 0 { services::name_of(port, Some(protocol)) } else { None };
    name.map_or_else(|| port.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMERIC: i32 = NI_NUMERICHOST | NI_NUMERICSERV;

    #[test]
    fn names_and_numbers_by_flags() {
        let cases = [
            ("127.0.0.1:80", 0, "localhost", "http"),
            ("127.0.0.1:80", NI_NUMERICHOST, "127.0.0.1", "http"),
            ("127.0.0.1:80", NI_NUMERICSERV, "localhost", "80"),
            ("127.0.0.1:80", NUMERIC, "127.0.0.1", "80"),
            ("127.0.0.1:80", NI_NOFQDN | NI_NAMEREQD | NI_IDN, "localhost", "http"),
            ("127.0.0.1:80", NI_DGRAM, "localhost", "80"),
            ("127.0.0.1:69", 0, "localhost", "69"),
            ("127.0.0.1:69", NI_DGRAM | NI_NUMERICHOST, "127.0.0.1", "tftp"),
            ("127.0.0.1:512", 0, "localhost", "exec"),
            ("127.0.0.1:512", NI_DGRAM, "localhost", "biff"),
            ("127.0.0.2:1", 0, "127.0.0.2", "tcpmux"),
            ("10.9.9.9:443", 128, "10.9.9.9", "https"),
            ("0.0.0.0:0", 0, "0.0.0.0", "0"),
            ("[::1]:22", 0, "localhost", "ssh"),
            ("[::1]:22", NUMERIC, "::1", "22"),
            ("[::]:0", 64, "::", "0"),
            ("[::ffff:127.0.0.1]:80", 0, "::ffff:127.0.0.1", "http"),
            ("[fe80::1%77]:80", 0, "fe80::1%77", "http"),
            ("[ff02::1%1]:80", NUMERIC, "ff02::1%lo", "80"),
            ("[2001:db8::1%1]:80", NUMERIC, "2001:db8::1%1", "80"),
            ("[2001:db8::1%5]:80", NUMERIC, "2001:db8::1%5", "80"),
        ];
        for (address, flags, host, service) in cases {
            let info = getnameinfo(address.parse().unwrap(), flags).unwrap();
            assert_eq!((info.host.as_str(), info.service.as_str()), (host, service), "{address} {flags}");
        }
    }

    #[test]
    fn a_required_name_may_be_missing() {
        for (address, flags) in [
            ("10.9.9.9:443", NI_NAMEREQD),
            ("[fe80::1%1]:80", NI_NAMEREQD),
            ("127.0.0.1:80", NI_NAMEREQD | NI_NUMERICHOST),
        ] {
            let missing = Err(AddressInfoError::NoName.into());
            assert_eq!(getnameinfo(address.parse().unwrap(), flags), missing, "{address}");
        }
        for flags in [256, -1] {
            let bad = Err(AddressInfoError::BadFlags.into());
            assert_eq!(getnameinfo("127.0.0.1:80".parse().unwrap(), flags), bad, "{flags}");
        }
    }

    #[test]
    fn the_address_tuple_is_a_literal() {
        let cases = [
            (("127.1", 80, 0, 0, 2), Ok("127.0.0.1:80")),
            (("127.0.0.1", 70000, 0, 0, 2), Ok("127.0.0.1:4464")),
            (("::1", 80, 0, 0, 2), Ok("[::1]:80")),
            (("ff02::1%1", 80, 0, 0, 4), Ok("[ff02::1]:80")),
            (("fe80::1", 80, 0, 7, 4), Ok("[fe80::1%7]:80")),
            (("127.0.0.1", 80, 0, 0, 4), Err(Error::Text("IPv4 sockaddr must be 2 tuple"))),
            (("*", 80, 0, 0, 2), Err(Error::Text("sockaddr resolved to multiple addresses"))),
            (("localhost", 80, 0, 0, 2), Err(AddressInfoError::NoName.into())),
            (("", 80, 0, 0, 2), Err(AddressInfoError::NoName.into())),
            (("1.2.3.4%1", 80, 0, 0, 2), Err(AddressInfoError::NoName.into())),
            (("127.0.0.1", -1, 0, 0, 2), Err(AddressInfoError::Service.into())),
        ];
        for ((host, port, flow_info, scope, length), expected) in cases {
            let address = name_info_address(host.as_bytes(), port, flow_info, scope, length);
            let expected = expected.map(|address| address.parse().unwrap());
            assert_eq!(address, expected, "{host}");
        }
    }
}
