//! The sockets that a service can be reached with: type, protocol and port.

use super::addrinfo::Hints;
use super::inet::is_space;
use super::numbers::{
    IPPROTO_DCCP, IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE, SOCK_DCCP, SOCK_DGRAM, SOCK_RAW,
    SOCK_SEQPACKET, SOCK_STREAM,
};
use super::services::port_of;
use crate::error::AddressInfoError;

/// The service that `getaddrinfo` was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service<'a> {
    /// None: port 0.
    Any,
    /// A port.
    Port(u16),
    /// A name to look up.
    Name(&'a [u8]),
}

/// One way to reach the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) kind: i32,
    pub(super) protocol: i32,
    pub(super) port: u16,
}

/// A kind of socket that the C library knows services for.
struct Transport {
    kind: i32,
    protocol: i32,
    /// The protocol's name in the services list; `None`: any protocol, and no services.
    name: Option<&'static str>,
    /// Whether it is meant where neither type nor protocol is given.
    default: bool,
}

const TRANSPORTS: [Transport; 7] = [
    Transport { kind: SOCK_STREAM, protocol: IPPROTO_TCP, name: Some("tcp"), default: true },
    Transport { kind: SOCK_DGRAM, protocol: IPPROTO_UDP, name: Some("udp"), default: true },
    Transport { kind: SOCK_DCCP, protocol: IPPROTO_DCCP, name: Some("dccp"), default: false },
    Transport { kind: SOCK_DGRAM, protocol: IPPROTO_UDPLITE, name: Some("udplite"), default: false },
    Transport { kind: SOCK_STREAM, protocol: IPPROTO_SCTP, name: Some("sctp"), default: false },
    Transport { kind: SOCK_SEQPACKET, protocol: IPPROTO_SCTP, name: Some("sctp"), default: false },
    Transport { kind: SOCK_RAW, protocol: 0, name: None, default: true },
];

impl<'a> Service<'a> {
    /// `service` as `strtoul(3)` reads it, wrapping round included; else as a name, unless it has to be `numeric`.
    pub(super) fn parse(service: &'a [u8], numeric: bool) -> Result<Self, AddressInfoError> {
        match (service, parse_number(service)) {
            ([], _) => Ok(Self::Any),
            (_, Some(number)) if number >= 0 => Ok(Self::Port(low_bits(number))),
            (_, None) if numeric => Err(AddressInfoError::NoName),
            _ => Ok(Self::Name(service)),
        }
    }

    /// The port over the protocol `name`.
    fn port(&self, name: Option<&str>) -> Option<u16> {
        match self {
            Self::Any => Some(0),
            Self::Port(port) => Some(*port),
            Self::Name(service) => std::str::from_utf8(service).ok().and_then(|service| port_of(service, Some(name?))),
        }
    }
}

/// The ways to reach `service` that `hints` allow.
pub(super) fn slots(service: &Service<'_>, hints: &Hints) -> Result<Vec<Slot>, AddressInfoError> {
    let any = hints.kind == 0 && hints.protocol == 0;
    let slots = if any { all_slots(service) } else { vec![one_slot(service, hints)?] };
    if slots.is_empty() { Err(AddressInfoError::Service) } else { Ok(slots) }
}

fn all_slots(service: &Service<'_>) -> Vec<Slot> {
    let named = matches!(service, Service::Name(_));
    let transports = TRANSPORTS.iter().filter(|transport| named || transport.default);
    transports.filter_map(|transport| Some(transport.slot(transport.protocol, service.port(transport.name)?))).collect()
}

/// The first transport that suits the hints, and no other, whether the service exists there or not.
fn one_slot(service: &Service<'_>, hints: &Hints) -> Result<Slot, AddressInfoError> {
    let unknown = if hints.kind == 0 { AddressInfoError::Service } else { AddressInfoError::SocketType };
    let transport = TRANSPORTS.iter().find(|transport| transport.suits(hints)).ok_or(unknown)?;
    if transport.name.is_none() && *service != Service::Any {
        return Err(AddressInfoError::Service);
    }
    let protocol = if transport.name.is_none() { hints.protocol } else { transport.protocol };
    let port = service.port(transport.name).ok_or(AddressInfoError::Service)?;
    Ok(transport.slot(protocol, port))
}

impl Transport {
    fn slot(&self, protocol: i32, port: u16) -> Slot {
        Slot { kind: self.kind, protocol, port }
    }

    fn suits(&self, hints: &Hints) -> bool {
        let kind = hints.kind == 0 || hints.kind == self.kind;
        kind && (hints.protocol == 0 || self.name.is_none() || hints.protocol == self.protocol)
    }
}

/// The whole of `text` as `strtoul(3)` reads it, cut to C's `int`.
fn parse_number(text: &[u8]) -> Option<i32> {
    let start = text.iter().position(|byte| !is_space(*byte))?;
    let (negative, digits) = match text.get(start..)? {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] | digits => (false, digits),
    };
    let digits = std::str::from_utf8(digits).ok()?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // What does not fit is the greatest number, whatever its sign.
    let number = digits.parse().map_or(u64::MAX, |number: u64| if negative { number.wrapping_neg() } else { number });
    let [a, b, c, d, ..] = number.to_le_bytes();
    Some(i32::from_le_bytes([a, b, c, d]))
}

/// The low 16 bits of `number`: what is left of it in a port.
fn low_bits(number: i32) -> u16 {
    let [a, b, ..] = number.to_le_bytes();
    u16::from_le_bytes([a, b])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_c_does() {
        let cases: &[(&[u8], Option<i32>)] = &[
            (b"80", Some(80)),
            (b" \t+80", Some(80)),
            (b"-80", Some(-80)),
            (b"080", Some(80)),
            (b"-4294967216", Some(80)),
            (b"4294967376", Some(80)),
            (b"18446744073709551615", Some(-1)),
            (b"18446744073709551616", Some(-1)),
            (b"-18446744073709551616", Some(-1)),
            (b"80 ", None),
            (b"0x50", None),
            (b"+ 5", None),
            (b"--5", None),
            (b"-", None),
            (b" ", None),
            (b"", None),
        ];
        for (text, number) in cases {
            assert_eq!(parse_number(text), *number, "{}", text.escape_ascii());
        }
    }
}
