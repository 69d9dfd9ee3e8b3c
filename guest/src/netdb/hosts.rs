//! The older lookups, and the host of an address tuple.
//!
//! # References
//! - <https://docs.python.org/3/library/socket.html#socket-families>
//! - <https://man7.org/linux/man-pages/man3/gethostbyname.3.html>

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::addrinfo::{Hints, getaddrinfo};
use super::literal::Literal;
use super::numbers::{AF_INET, AF_INET6, AF_UNSPEC, SOCK_STREAM};
use super::plan::Plan;
use super::{c_string, localhost};
use crate::address::IpFamily;
use crate::error::{AddressInfoError, Error, HostError, Result};
use crate::net::Found;

/// `(hostname, aliaslist, ipaddrlist)`: what `gethostbyname_ex` and `gethostbyaddr` return.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostEntry {
    /// The canonical name.
    pub name: String,
    /// Other names. WASI does not report them.
    pub aliases: Vec<String>,
    /// The addresses.
    pub addresses: Vec<IpAddr>,
}

/// The host of an address tuple, as `bind`, `connect` and `sendto` take it: `''` is the wildcard address and
/// `'<broadcast>'` the broadcast address. Of a name with more addresses, the first counts.
///
/// # Errors
/// As [`getaddrinfo`]. [`Error::Text`]: the broadcast address for IPv6.
pub fn resolve_host(host: &[u8], family: IpFamily) -> Result<Plan<IpAddr>> {
    let family = match family {
        IpFamily::V4 => AF_INET,
        IpFamily::V6 => AF_INET6,
    };
    resolve(c_string(host), family)
}

/// `socket.gethostbyname(hostname)`.
///
/// # Errors
/// As [`getaddrinfo`].
pub fn gethostbyname(host: &[u8]) -> Result<Plan<Ipv4Addr>> {
    resolve(c_string(host), AF_INET)?.then(|address| match address {
        IpAddr::V4(address) => Ok(address),
        IpAddr::V6(_) => Err(AddressInfoError::NoData.into()),
    })
}

/// `socket.gethostbyname_ex(hostname)`.
///
/// # Errors
/// As [`getaddrinfo`]. [`Error::Host`]: `''`, `'<broadcast>'`, and addresses that are not plain decimal IPv4.
pub fn gethostbyname_ex(host: &[u8]) -> Result<Plan<HostEntry>> {
    let host = c_string(host);
    if matches!(host, b"" | b"<broadcast>") {
        return Err(Error::Host(HostError::NoRecovery));
    }
    let plan = addresses(host, AF_INET)?;
    let name = String::from_utf8_lossy(host).into_owned();
    // Unlike `getaddrinfo`, the C library's `gethostbyname` knows decimal literals only.
    let decimal = host.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
    if !decimal && Literal::parse(&name).is_some() {
        return Err(Error::Host(HostError::NotFound));
    }
    let name = localhost::canonical_name(&name).unwrap_or(&name).to_owned();
    plan.then(|addresses| Ok(HostEntry { name, aliases: Vec::new(), addresses }))
}

/// `socket.gethostbyaddr(ip_address)`, which takes a name too: its first address counts. Only the loopback addresses have
/// a name that is known here.
///
/// # Errors
/// As [`getaddrinfo`]. [`Error::Host`]: the address has no name.
pub fn gethostbyaddr(host: &[u8]) -> Result<Plan<HostEntry>> {
    resolve(c_string(host), AF_UNSPEC)?.then(|address| {
        let name = localhost::name_of(address).ok_or(Error::Host(HostError::NotFound))?;
        Ok(HostEntry { name: name.to_owned(), aliases: Vec::new(), addresses: vec![address] })
    })
}

/// The address that `socket.gethostbyaddr(ip_address)` is to find the name of, where a network can be asked for it.
///
/// # Errors
/// As [`getaddrinfo`].
pub fn host_address(host: &[u8]) -> Result<Plan<IpAddr>> {
    resolve(c_string(host), AF_UNSPEC)
}

/// The names of `address`, as a network has found them, or failed to.
///
/// # Errors
/// [`Error::Host`]: there are none, or no server answered.
pub fn host_entry(address: IpAddr, found: Result<Found>) -> Result<HostEntry> {
    let found = found.map_err(|error| match error {
        Error::AddressInfo(AddressInfoError::Again) => Error::Host(HostError::TryAgain),
        Error::AddressInfo(AddressInfoError::Fail) => Error::Host(HostError::NoRecovery),
        Error::AddressInfo(_) => Error::Host(HostError::NotFound),
        other => other,
    })?;
    let name = found.canonical_name.ok_or(Error::Host(HostError::NotFound))?;
    let addresses = if found.addresses.is_empty() { vec![address] } else { found.addresses };
    Ok(HostEntry { name, aliases: found.aliases, addresses })
}

/// CPython's `setipaddr`.
fn resolve(host: &[u8], family: i32) -> Result<Plan<IpAddr>> {
    match (host, family) {
        (b"", AF_INET) => Ok(Plan::Done(Ipv4Addr::UNSPECIFIED.into())),
        (b"", AF_INET6) => Ok(Plan::Done(Ipv6Addr::UNSPECIFIED.into())),
        (b"", _) => Err(Error::Text("wildcard resolved to multiple address")),
        (b"<broadcast>" | b"255.255.255.255", AF_INET6) => Err(Error::Text("address family mismatched")),
        (b"<broadcast>" | b"255.255.255.255", _) => Ok(Plan::Done(Ipv4Addr::BROADCAST.into())),
        _ => addresses(host, family)?
            .then(|addresses| addresses.first().copied().ok_or_else(|| AddressInfoError::NoData.into())),
    }
}

/// All addresses of `host` in `family`.
fn addresses(host: &[u8], family: i32) -> Result<Plan<Vec<IpAddr>>> {
    let hints = Hints { family, kind: SOCK_STREAM, ..Hints::default() };
    getaddrinfo(Some(host), None, &hints)?.then(|infos| Ok(infos.iter().map(|info| info.address.ip()).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done<T: std::fmt::Debug>(plan: Result<Plan<T>>) -> Result<T> {
        plan.map(|plan| match plan {
            Plan::Done(answer) => answer,
            Plan::Lookup(pending) => panic!("{pending:?}"),
        })
    }

    /// The answer to a question that looks up `name`, which has these addresses.
    fn with_addresses<T: std::fmt::Debug>(plan: Result<Plan<T>>, name: &str, addresses: &[&str]) -> Result<T> {
        let Plan::Lookup(pending) = plan? else { panic!("answered without a lookup") };
        assert_eq!(pending.name(), name);
        pending.finish(Ok(addresses.iter().map(|address| address.parse().unwrap()).collect::<Vec<IpAddr>>()))
    }

    fn gai<T>(error: AddressInfoError) -> Result<T> {
        Err(error.into())
    }

    #[test]
    fn the_host_of_an_ipv4_tuple() {
        let cases = [
            ("", "0.0.0.0"),
            ("<broadcast>", "255.255.255.255"),
            ("255.255.255.255", "255.255.255.255"),
            ("127.1", "127.0.0.1"),
            ("::ffff:1.2.3.4", "1.2.3.4"),
            ("localhost", "127.0.0.1"),
            ("LOCALHOST", "127.0.0.1"),
        ];
        for (host, address) in cases {
            let expected: IpAddr = address.parse().unwrap();
            assert_eq!(done(resolve_host(host.as_bytes(), IpFamily::V4)), Ok(expected), "{host}");
            assert_eq!(done(gethostbyname(host.as_bytes())).map(IpAddr::V4), Ok(expected), "{host}");
        }
        for host in ["::1", "fe80::1%1"] {
            assert_eq!(done(resolve_host(host.as_bytes(), IpFamily::V4)), gai(AddressInfoError::AddressFamily));
        }
        for host in ["*", "1.2.3.4 ", "[::1]", "fe80::1%nosuch"] {
            let error = if host.contains('%') { AddressInfoError::AddressFamily } else { AddressInfoError::NoName };
            assert_eq!(done(resolve_host(host.as_bytes(), IpFamily::V4)), gai(error), "{host}");
        }
    }

    #[test]
    fn the_host_of_an_ipv6_tuple() {
        for (host, address) in [("", "::"), ("::1", "::1"), ("localhost", "::1"), ("fe80::1%7", "fe80::1")] {
            assert_eq!(done(resolve_host(host.as_bytes(), IpFamily::V6)), Ok(address.parse().unwrap()), "{host}");
        }
        for host in ["<broadcast>", "255.255.255.255"] {
            let mismatched = Err(Error::Text("address family mismatched"));
            assert_eq!(done(resolve_host(host.as_bytes(), IpFamily::V6)), mismatched);
        }
        assert_eq!(done(resolve_host(b"127.0.0.1", IpFamily::V6)), gai(AddressInfoError::AddressFamily));
    }

    #[test]
    fn a_name_is_looked_up_and_its_first_address_of_the_family_counts() {
        let both = ["fd00::8", "10.0.0.2", "10.0.0.3"];
        let host = b"both.test\0and more";
        assert_eq!(
            with_addresses(resolve_host(host, IpFamily::V4), "both.test", &both),
            Ok("10.0.0.2".parse().unwrap())
        );
        assert_eq!(
            with_addresses(resolve_host(host, IpFamily::V6), "both.test", &both),
            Ok("fd00::8".parse().unwrap())
        );
        let no_data = gai(AddressInfoError::NoData);
        assert_eq!(with_addresses(resolve_host(b"v6.test", IpFamily::V4), "v6.test", &["fd00::9"]), no_data);
        let no_data = gai(AddressInfoError::NoData);
        assert_eq!(with_addresses(gethostbyname(b"none.test"), "none.test", &[]), no_data);
    }

    fn entry(name: &str, addresses: &[&str]) -> HostEntry {
        let addresses = addresses.iter().map(|address| address.parse().unwrap()).collect();
        HostEntry { name: name.to_owned(), aliases: Vec::new(), addresses }
    }

    #[test]
    fn all_addresses_of_a_name() {
        assert_eq!(done(gethostbyname_ex(b"127.1")), Ok(entry("127.1", &["127.0.0.1"])));
        assert_eq!(done(gethostbyname_ex(b"LOCALHOST")), Ok(entry("localhost", &["127.0.0.1"])));
        let both = ["fd00::8", "10.0.0.2", "10.0.0.3"];
        let all = with_addresses(gethostbyname_ex(b"both.test"), "both.test", &both);
        assert_eq!(all, Ok(entry("both.test", &["10.0.0.2", "10.0.0.3"])));
        for (host, error) in [
            ("", HostError::NoRecovery),
            ("<broadcast>", HostError::NoRecovery),
            ("0x7f.1", HostError::NotFound),
            ("::ffff:127.0.0.1", HostError::NotFound),
        ] {
            assert_eq!(done(gethostbyname_ex(host.as_bytes())), Err(Error::Host(error)), "{host}");
        }
        assert_eq!(done(gethostbyname_ex(b"::1")), gai(AddressInfoError::AddressFamily));
    }

    #[test]
    fn only_the_loopback_addresses_have_names() {
        assert_eq!(done(gethostbyaddr(b"127.0.0.1")), Ok(entry("localhost", &["127.0.0.1"])));
        assert_eq!(done(gethostbyaddr(b"::1")), Ok(entry("localhost", &["::1"])));
        assert_eq!(done(gethostbyaddr(b"localhost")), Ok(entry("localhost", &["::1"])));
        for host in ["10.9.9.9", "0.0.0.0", "<broadcast>", "::ffff:127.0.0.1", "fe80::1%1", "127.0.0.2"] {
            assert_eq!(done(gethostbyaddr(host.as_bytes())), Err(Error::Host(HostError::NotFound)), "{host}");
        }
        assert_eq!(done(gethostbyaddr(b"")), Err(Error::Text("wildcard resolved to multiple address")));
        let unknown = with_addresses(gethostbyaddr(b"both.test"), "both.test", &["10.0.0.2"]);
        assert_eq!(unknown, Err(Error::Host(HostError::NotFound)));
    }
}
