//! Addresses as they are judged: one spelling each, what hides inside them, and which of them a name must not lead to.

use std::fmt;
use std::iter;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

use super::metadata::is_listed;

/// The one form of an address that rules are compared with: an IPv4 address inside an IPv6 one comes out.
pub(crate) fn fold(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// Where a packet to this address really goes: Linux delivers what is sent to the wildcard address to the machine itself.
pub(crate) fn fold_destination(address: IpAddr) -> IpAddr {
    match fold(address) {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(Ipv6Addr::UNSPECIFIED) => Ipv6Addr::LOCALHOST.into(),
        address => address,
    }
}

/// The one spelling of an address that packets are to go to: what rules have judged, and what the system gets.
///
/// A scope stays where the address means nothing without it; elsewhere the system passes over it.
pub(crate) fn destination(remote: SocketAddr) -> SocketAddr {
    match (remote, fold_destination(remote.ip())) {
        (SocketAddr::V6(written), IpAddr::V6(address)) => {
            let scope = if needs_scope(address) { written.scope_id() } else { 0 };
            SocketAddrV6::new(address, remote.port(), written.flowinfo(), scope).into()
        }
        (_, address) => SocketAddr::new(address, remote.port()),
    }
}

/// As the system has it (`__ipv6_addr_needs_scope_id`): link-local addresses, and multicast that stays on the link.
fn needs_scope(address: Ipv6Addr) -> bool {
    address.is_unicast_link_local() || (address.is_multicast() && matches!(address.segments()[0] & 0xf, 1 | 2))
}

/// The IPv4 addresses to which a translator or a tunnel would forward a packet to this folded address: one for each embedding,
/// since the translators on the path are not known.
///
/// Rules that deny, and the floor under them, look at all of them and at the address; rules that allow look at the address
/// itself alone.
pub(crate) fn carried(address: IpAddr) -> impl Iterator<Item = Ipv4Addr> {
    let readings = match address {
        IpAddr::V4(_) => [None; 5],
        IpAddr::V6(address) => readings(address),
    };
    readings.into_iter().flatten()
}

/// What an IPv6 address is read as by the prefix that it has, and last by its second half.
fn readings(address: Ipv6Addr) -> [Option<Ipv4Addr>; 5] {
    let [_, _, b2, b3, b4, b5, b6, b7, _, b9, b10, b11, b12, b13, b14, b15] = address.octets();
    let last = Ipv4Addr::new(b12, b13, b14, b15);
    let segments = address.segments();
    // ISATAP (RFC 5214) stands behind any prefix, those below among them.
    let isatap = matches!(segments, [_, _, _, _, 0 | 0x200, 0x5efe, ..]).then_some(last);
    match segments {
        // ::1 and :: are addresses of IPv6's own.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => [None; 5],
        // IPv4-compatible (RFC 4291), IPv4-translated (RFC 2765), NAT64 (RFC 6052).
        [0, 0, 0, 0, 0, 0, ..] | [0, 0, 0, 0, 0xffff, 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => {
            [Some(last), None, None, None, isatap]
        }
        // NAT64 within RFC 8215's network, by a prefix of 96, 64, 56 or 48 bits (RFC 6052, section 2.2). What fills one of
        // them leaves zeros to the others: no translator sends to those, and they must not stand for this machine.
        [0x64, 0xff9b, 1, ..] => {
            let sent = |address: Ipv4Addr| (!address.is_unspecified()).then_some(address);
            let [by_64, by_56, by_48] = [[b9, b10, b11, b12], [b7, b9, b10, b11], [b6, b7, b9, b10]];
            [Some(last), sent(by_64.into()), sent(by_56.into()), sent(by_48.into()), isatap]
        }
        // 6to4 (RFC 3056).
        [0x2002, ..] => [Some(Ipv4Addr::new(b2, b3, b4, b5)), None, None, None, isatap],
        // Teredo (RFC 4380): the client's address, inverted, and its server, to which the first packets go.
        [0x2001, 0, ..] => {
            [Some(Ipv4Addr::from_bits(!last.to_bits())), Some(Ipv4Addr::new(b4, b5, b6, b7)), None, None, isatap]
        }
        _ => [None, None, None, None, isatap],
    }
}

/// Why an address is not one of the public internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Special {
    /// A cloud's metadata service, which hands out credentials.
    Metadata,
    /// The machine itself.
    Loopback,
    /// The wildcard address, or another that means "here".
    Unspecified,
    /// A network of someone's own: RFC 1918, unique local.
    Private,
    /// The network next to the machine.
    LinkLocal,
    /// Carrier-grade NAT, RFC 6598.
    Shared,
    /// Many receivers, or all of them.
    Multicast,
    /// For examples and measurements.
    Documentation,
    /// Kept for protocols or for the future.
    Reserved,
    /// An IPv6 address that stands for an IPv4 one behind a translator or a tunnel.
    Translated,
}

impl Special {
    /// What a folded address is, if it is none of the public internet.
    pub fn of(address: IpAddr) -> Option<Self> {
        if is_metadata(address) {
            return Some(Self::Metadata);
        }
        if carried(address).next().is_some() {
            return Some(Self::Translated);
        }
        SPECIAL.iter().find(|(network, _)| network.contains(&address)).map(|(_, kind)| *kind)
    }
}

impl fmt::Display for Special {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Metadata => "a cloud metadata address",
            Self::Loopback => "a loopback address",
            Self::Unspecified => "an unspecified address",
            Self::Private => "a private address",
            Self::LinkLocal => "a link-local address",
            Self::Shared => "a shared (CGNAT) address",
            Self::Multicast => "a multicast or broadcast address",
            Self::Documentation => "an address for documentation",
            Self::Reserved => "a reserved address",
            Self::Translated => "an IPv4 address inside an IPv6 one",
        })
    }
}

/// Whether packets to this folded address end at a cloud's metadata service, by whatever way.
pub(crate) fn is_metadata(address: IpAddr) -> bool {
    iter::once(address).chain(carried(address).map(IpAddr::from)).any(is_listed)
}

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix))
}

const fn v6(a: u16, b: u16, c: u16, prefix: u8) -> IpNet {
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix))
}

/// The IANA special-purpose address registries and the multicast space; the first match counts.
const SPECIAL: &[(IpNet, Special)] = &[
    (v4(0, 0, 0, 0, 8), Special::Unspecified),
    (v4(127, 0, 0, 0, 8), Special::Loopback),
    (v4(10, 0, 0, 0, 8), Special::Private),
    (v4(172, 16, 0, 0, 12), Special::Private),
    (v4(192, 168, 0, 0, 16), Special::Private),
    (v4(100, 64, 0, 0, 10), Special::Shared),
    (v4(169, 254, 0, 0, 16), Special::LinkLocal),
    (v4(192, 0, 0, 0, 24), Special::Reserved),
    (v4(192, 0, 2, 0, 24), Special::Documentation),
    (v4(198, 51, 100, 0, 24), Special::Documentation),
    (v4(203, 0, 113, 0, 24), Special::Documentation),
    (v4(198, 18, 0, 0, 15), Special::Documentation),
    (v4(192, 88, 99, 0, 24), Special::Reserved),
    (v4(224, 0, 0, 0, 4), Special::Multicast),
    (v4(255, 255, 255, 255, 32), Special::Multicast),
    (v4(240, 0, 0, 0, 4), Special::Reserved),
    (IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 128)), Special::Unspecified),
    (IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::LOCALHOST, 128)), Special::Loopback),
    (v6(0xff00, 0, 0, 8), Special::Multicast),
    (v6(0xfe80, 0, 0, 10), Special::LinkLocal),
    (v6(0xfec0, 0, 0, 10), Special::Private),
    (v6(0xfc00, 0, 0, 7), Special::Private),
    (v6(0x2001, 0xdb8, 0, 32), Special::Documentation),
    (v6(0x3fff, 0, 0, 20), Special::Documentation),
    (v6(0x5f00, 0, 0, 16), Special::Reserved),
    (v6(0x100, 0, 0, 64), Special::Reserved),
    (v6(0x2001, 0, 0, 23), Special::Reserved),
    // Nothing outside 2000::/3 is given out.
    (v6(0, 0, 0, 3), Special::Reserved),
    (v6(0x4000, 0, 0, 2), Special::Reserved),
    (v6(0x8000, 0, 0, 1), Special::Reserved),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> Option<Special> {
        Special::of(fold(text.parse().unwrap()))
    }

    #[test]
    fn the_public_internet_is_not_special() {
        for text in ["8.8.8.8", "1.1.1.1", "172.15.0.1", "172.32.0.1", "100.63.0.1", "100.128.0.1", "2606:4700::1111"] {
            assert_eq!(kind(text), None, "{text}");
        }
    }

    #[test]
    fn what_a_public_name_must_not_lead_to_is_known_in_every_spelling() {
        for (text, expected) in [
            ("127.0.0.1", Special::Loopback),
            ("127.255.0.9", Special::Loopback),
            ("::1", Special::Loopback),
            ("0.0.0.0", Special::Unspecified),
            ("0.1.2.3", Special::Unspecified),
            ("::", Special::Unspecified),
            ("10.0.0.1", Special::Private),
            ("172.31.255.255", Special::Private),
            ("192.168.0.1", Special::Private),
            ("fd12::1", Special::Private),
            ("fec0::1", Special::Private),
            ("100.64.0.1", Special::Shared),
            ("169.254.1.1", Special::LinkLocal),
            ("fe80::1", Special::LinkLocal),
            ("224.0.0.1", Special::Multicast),
            ("255.255.255.255", Special::Multicast),
            ("ff02::1", Special::Multicast),
            ("192.0.2.1", Special::Documentation),
            ("198.18.0.1", Special::Documentation),
            ("2001:db8::1", Special::Documentation),
            ("240.0.0.1", Special::Reserved),
            ("192.0.0.1", Special::Reserved),
            ("4000::1", Special::Reserved),
            ("::ffff:127.0.0.1", Special::Loopback),
            ("::ffff:10.0.0.1", Special::Private),
            ("::127.0.0.1", Special::Translated),
            ("::ffff:0:10.0.0.1", Special::Translated),
            ("64:ff9b::10.0.0.1", Special::Translated),
            ("64:ff9b::8.8.8.8", Special::Translated),
            ("64:ff9b:1::7f00:1", Special::Translated),
            ("2002:7f00:1::", Special::Translated),
            ("2001:0:1:2:3:4:80ff:fffe", Special::Translated),
            ("2606::5efe:10.0.0.1", Special::Translated),
        ] {
            assert_eq!(kind(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn metadata_is_known_behind_every_translator() {
        for text in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "::169.254.169.254",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            // Teredo inverts the client's address.
            "2001:0:1:2:3:4:5601:5601",
            "::ffff:0:169.254.169.254",
            "2606::5efe:169.254.169.254",
            "fd00:ec2::254",
            "100.100.100.200",
            "168.63.129.16",
            "fe80::a9fe:a9fe",
            "fd00:c1::a9fe:a9fe",
            "fd00:a9fe:a9fe::1",
            "fd00:100::100:200",
            // By a prefix of 48, 56 and 64 bits; the octet in their middle says nothing.
            "64:ff9b:1:a9fe:a9:fe00::",
            "64:ff9b:1:a9fe:ffa9:fe00::",
            "64:ff9b:1:12a9:fe:a9fe::",
            "64:ff9b:1:1234:a9:fea9:fe00:0",
            // ISATAP behind other prefixes, and the server of Teredo.
            "2002:808:808::5efe:a9fe:a9fe",
            "64:ff9b:1::5efe:a9fe:a9fe",
            "2001:0:a9fe:a9fe:3:4:f7f7:f7f7",
        ] {
            assert_eq!(kind(text), Some(Special::Metadata), "{text}");
        }
    }

    #[test]
    fn what_lies_beside_hidden_metadata_is_open() {
        for text in [
            "64:ff9b::169.254.169.253",
            "64:ff9b:1:a9fe:a9:fd00::",
            "64:ff9b:1:12a9:fe:a9fd::",
            "64:ff9b:1:1234:a9:fea9:fd00:0",
            "2002:a9fe:a9fd::1",
            "2001:0:a9fe:a9fd:3:4:5601:5602",
            "2606::5efe:169.254.169.253",
        ] {
            assert_eq!(kind(text), Some(Special::Translated), "{text}");
        }
        for (text, expected) in [
            ("fd00:c1::a9fe:a9ff", Special::Private),
            ("fe80::a9fe:a9ff", Special::LinkLocal),
            ("64:ff9b:2:a9fe:a9:fe00::", Special::Reserved),
        ] {
            assert_eq!(kind(text), Some(expected), "{text}");
        }
        assert_eq!(kind("2606:a9fe:a9fe::a9fe:a9fe"), None, "nothing stands for an IPv4 address there");
    }

    #[test]
    fn every_address_that_is_carried_comes_out() {
        for (text, expected) in [
            ("8.8.8.8", &[][..]),
            ("::1", &[]),
            ("2606::1", &[]),
            ("64:ff9b::1.2.3.4", &["1.2.3.4"]),
            ("64:ff9b:1:a00:1:200:0:0", &["0.0.0.0", "1.2.0.0", "0.1.2.0", "10.0.1.2"]),
            ("64:ff9b:1::10.0.0.1", &["10.0.0.1", "0.0.0.10"]),
            ("2002:a00:1::5efe:10.0.0.2", &["10.0.0.1", "10.0.0.2"]),
            ("2001:0:a00:2:3:4:f5ff:fffe", &["10.0.0.1", "10.0.0.2"]),
        ] {
            let found: Vec<_> = carried(text.parse().unwrap()).map(|address| address.to_string()).collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn a_rule_that_denies_looks_at_every_address_that_is_carried() {
        use crate::policy::{Policy, Protocol};
        let policy =
            "[allow]\noutbound = ['tcp://*:*']\n[deny]\noutbound = ['tcp://10.0.0.0/8:*', 'tcp://localhost:*']";
        let policy = Policy::from_toml(policy).unwrap();
        for (text, is_open) in [
            ("64:ff9b:1:a00:1:200::", false),
            ("64:ff9b:1:b00:1:200:1:1", true),
            ("64:ff9b:1:ff7f:0:100::", false),
            ("64:ff9b:1::10.0.0.1", false),
            ("64:ff9b:1::127.0.0.1", false),
            // The zeros in front of it are not this machine.
            ("64:ff9b:1::8.8.8.8", true),
            ("2002:808:808::5efe:10.0.0.1", false),
            ("2002:808:808::5efe:8.8.8.8", true),
        ] {
            let remote = (text.parse::<IpAddr>().unwrap(), 80).into();
            assert_eq!(policy.judge_outbound(Protocol::Tcp, remote, &[]).is_ok(), is_open, "{text}");
        }
    }

    #[test]
    fn what_is_sent_to_the_wildcard_arrives_here() {
        for text in ["0.0.0.0", "::", "::ffff:0.0.0.0"] {
            assert!(fold_destination(text.parse().unwrap()).is_loopback(), "{text}");
        }
    }
}
