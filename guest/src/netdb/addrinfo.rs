//! `getaddrinfo`: a host and a service as addresses to connect to or to bind.
//!
//! # References
//! - <https://docs.python.org/3/library/socket.html#socket.getaddrinfo>
//! - <https://man7.org/linux/man-pages/man3/getaddrinfo.3.html>

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::literal::Literal;
use super::numbers::{
    AF_INET, AF_INET6, AF_UNSPEC, AI_ADDRCONFIG, AI_ALL, AI_CANONNAME, AI_NUMERICHOST, AI_NUMERICSERV, AI_PASSIVE,
    AI_V4MAPPED,
};
use super::plan::{Pending, Plan};
use super::slots::{Service, Slot, slots};
use super::{c_string, localhost};
use crate::address::Family;
use crate::error::{AddressInfoError, Result};

/// The C library's flags for internationalized names, which Python does not show. Names are ASCII by now.
const IDN_FLAGS: i32 = 0x3c0;
const KNOWN_FLAGS: i32 =
    AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_V4MAPPED | AI_ALL | AI_ADDRCONFIG | AI_NUMERICSERV | IDN_FLAGS;

/// What to look for, in Linux's numbers, as a program passes them; 0 stands for anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// `AF_*`.
    pub family: i32,
    /// `SOCK_*`.
    pub kind: i32,
    /// `IPPROTO_*`.
    pub protocol: i32,
    /// `AI_*`. `AI_ADDRCONFIG` changes nothing: a guest cannot know which families its host has configured.
    pub flags: i32,
}

/// One of the addresses found: a member of the list that `socket.getaddrinfo` returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressInfo {
    /// The family of the socket to open.
    pub family: Family,
    /// `SOCK_*`, Linux's number.
    pub kind: i32,
    /// `IPPROTO_*`, Linux's number.
    pub protocol: i32,
    /// The canonical name of the host, on the first member only and with `AI_CANONNAME` only.
    pub canonical_name: String,
    /// The address.
    pub address: SocketAddr,
}

/// `socket.getaddrinfo(host, port, family, type, proto, flags)`, with host and port as Python hands them to C: a port
/// that is an integer comes as its decimal digits.
///
/// # Errors
/// [`Error::AddressInfo`](crate::Error::AddressInfo): the host, the service or the hints are bad by themselves. What a
/// lookup finds comes with [`Pending::finish`].
pub fn getaddrinfo(host: Option<&[u8]>, service: Option<&[u8]>, hints: &Hints) -> Result<Plan<Vec<AddressInfo>>> {
    let host = host.map(c_string).filter(|host| *host != b"*");
    let service = service.map(c_string).filter(|service| *service != b"*");
    if host.is_none() && service.is_none() {
        return Err(AddressInfoError::NoName.into());
    }
    check(host, hints)?;
    let service = Service::parse(service.unwrap_or_default(), hints.flags & AI_NUMERICSERV != 0)?;
    let question = Question { slots: slots(&service, hints)?, hints: *hints };
    match host {
        None => Ok(Plan::Done(question.answer(&without_host(hints), ""))),
        Some(host) => question.ask(host),
    }
}

fn check(host: Option<&[u8]>, hints: &Hints) -> std::result::Result<(), AddressInfoError> {
    let canonical_without_host = hints.flags & AI_CANONNAME != 0 && host.is_none();
    if hints.flags & !KNOWN_FLAGS != 0 || canonical_without_host {
        return Err(AddressInfoError::BadFlags);
    }
    match hints.family {
        AF_UNSPEC | AF_INET | AF_INET6 => Ok(()),
        _ => Err(AddressInfoError::Family),
    }
}

/// The addresses of this machine, to bind or to connect to.
fn without_host(hints: &Hints) -> Vec<SocketAddr> {
    let addresses: [IpAddr; 2] = if hints.flags & AI_PASSIVE != 0 {
        [Ipv4Addr::UNSPECIFIED.into(), Ipv6Addr::UNSPECIFIED.into()]
    } else {
        localhost::ADDRESSES
    };
    addresses.into_iter().filter(|address| hints.allow(*address)).map(|address| (address, 0).into()).collect()
}

impl Hints {
    fn allow(&self, address: IpAddr) -> bool {
        match self.family {
            AF_INET => address.is_ipv4(),
            AF_INET6 => address.is_ipv6(),
            _ => true,
        }
    }

    /// The addresses of a name that these hints ask for, each once.
    fn choose(&self, found: &[IpAddr]) -> std::result::Result<Vec<SocketAddr>, AddressInfoError> {
        let mut chosen: Vec<IpAddr> = found.iter().copied().filter(|address| self.allow(*address)).collect();
        let mapped = self.family == AF_INET6 && self.flags & AI_V4MAPPED != 0;
        if mapped && (chosen.is_empty() || self.flags & AI_ALL != 0) {
            chosen.extend(found.iter().filter_map(|address| match address {
                IpAddr::V4(address) => Some(IpAddr::V6(address.to_ipv6_mapped())),
                IpAddr::V6(_) => None,
            }));
        }
        let mut seen: Vec<IpAddr> = Vec::with_capacity(chosen.len());
        chosen.retain(|address| {
            let is_new = !seen.contains(address);
            seen.extend(is_new.then_some(*address));
            is_new
        });
        if chosen.is_empty() {
            return Err(AddressInfoError::NoData);
        }
        Ok(chosen.into_iter().map(|address| (address, 0).into()).collect())
    }
}

/// What is asked about a host.
struct Question {
    slots: Vec<Slot>,
    hints: Hints,
}

impl Question {
    /// Answers about `host` from its text alone, or says which name to look up.
    fn ask(self, host: &[u8]) -> Result<Plan<Vec<AddressInfo>>> {
        let host = std::str::from_utf8(host).map_err(|_| AddressInfoError::NoName)?;
        let undotted = host.strip_suffix('.');
        match (Literal::parse(undotted.unwrap_or(host)), undotted) {
            // With a dot at its end it is neither an address nor a name.
            (Some(Literal::V4(_)), Some(_)) => return Err(AddressInfoError::NoName.into()),
            (Some(literal), None) => {
                let address = literal.address(self.hints.family, self.hints.flags)?;
                return Ok(Plan::Done(self.answer(&[address], host)));
            }
            (Some(Literal::V6(..)) | None, _) => {}
        }
        if self.hints.flags & AI_NUMERICHOST != 0 || !is_name(host) {
            return Err(AddressInfoError::NoName.into());
        }
        if let Some(name) = localhost::canonical_name(host) {
            return Ok(Plan::Done(self.answer(&self.hints.choose(&localhost::ADDRESSES)?, name)));
        }
        let name = host.to_owned();
        Ok(Plan::Lookup(Pending::new(host.to_owned(), move |found| {
            let name = found.canonical_name.as_ref().unwrap_or(&name);
            Ok(self.answer(&self.hints.choose(&found.addresses)?, name))
        })))
    }

    /// Every slot for every address.
    fn answer(&self, addresses: &[SocketAddr], name: &str) -> Vec<AddressInfo> {
        let pairs = addresses.iter().flat_map(|address| self.slots.iter().map(move |slot| (*address, slot)));
        let mut infos: Vec<AddressInfo> = pairs.map(|(address, slot)| info(address, slot)).collect();
        if self.hints.flags & AI_CANONNAME != 0
            && let Some(first) = infos.first_mut()
        {
            name.clone_into(&mut first.canonical_name);
        }
        infos
    }
}

fn info(mut address: SocketAddr, slot: &Slot) -> AddressInfo {
    address.set_port(slot.port);
    let family = if address.is_ipv4() { Family::Inet } else { Family::Inet6 };
    AddressInfo { family, kind: slot.kind, protocol: slot.protocol, canonical_name: String::new(), address }
}

/// Whether a resolver may be asked for `host`. Some resolvers read more into a text than the C library does, such as
/// brackets around an address, so only what a host name consists of gets there.
fn is_name(host: &str) -> bool {
    let characters = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    characters && (1..=254).contains(&host.len())
}

#[cfg(test)]
#[path = "addrinfo_tests.rs"]
mod tests;
