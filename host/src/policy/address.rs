//! Addresses as they are judged: one spelling each, what hides inside them, and which of them a name must not lead to.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

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

/// The IPv4 address that a translator or a tunnel would send a packet to this folded address on to.
///
/// Rules that deny, and the floor under them, look at both addresses; rules that allow look at the address itself alone.
pub(crate) fn carried(address: IpAddr) -> Option<Ipv4Addr> {
    let IpAddr::V6(address) = address else {
        return None;
    };
    let segments = address.segments();
    let at = |index: usize| Ipv4Addr::from_bits((u32::from(segments[index]) << 16) | u32::from(segments[index + 1]));
    let last = at(6);
    match segments {
        // ::1 and :: are addresses of IPv6's own.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => None,
        // IPv4-compatible (RFC 4291), IPv4-translated (RFC 2765), NAT64 (RFC 6052, RFC 8215).
        [0, 0, 0, 0, 0, 0, ..] | [0, 0, 0, 0, 0xffff, 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => Some(last),
        [0x64, 0xff9b, 1, ..] => Some(last),
        // 6to4 (RFC 3056).
        [0x2002, ..] => Some(at(1)),
        // Teredo (RFC 4380): the client's address, inverted.
        [0x2001, 0, ..] => Some(Ipv4Addr::from_bits(!last.to_bits())),
        // ISATAP (RFC 5214).
        [_, _, _, _, 0 | 0x200, 0x5efe, ..] => Some(last),
        _ => None,
    }
}

/// Why an address is not one of the public internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Special {
    /// Where clouds tell a machine its credentials.
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
        if carried(address).is_some() {
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
    METADATA.contains(&address) || carried(address).is_some_and(|inside| METADATA.contains(&inside.into()))
}

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> IpNet {
    IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix))
}

const fn v6(a: u16, b: u16, c: u16, prefix: u8) -> IpNet {
    IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0), prefix))
}

/// Metadata services, from their operators' documents, August 2026. They stay closed unless a rule names them literally.
const METADATA: &[IpAddr] = &[
    // EC2, Azure, Google, DigitalOcean, Oracle, OpenStack, Hetzner, IBM and others: the instance metadata service.
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    // Amazon ECS task roles; Amazon EKS pod identities, both families.
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 2)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 170, 23)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x23)),
    // Google Compute Engine without IPv4; OpenStack Neutron over IPv6.
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0xa9fe, 0xa9fe)),
    // Alibaba Cloud; Tencent Cloud; Azure's wire server; Oracle Cloud Classic; Scaleway.
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 0, 23)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V4(Ipv4Addr::new(169, 254, 42, 42)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0x42, 0, 0, 0, 0, 0, 0x42)),
];

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
        ] {
            assert_eq!(kind(text), Some(Special::Metadata), "{text}");
        }
    }

    #[test]
    fn what_is_sent_to_the_wildcard_arrives_here() {
        for text in ["0.0.0.0", "::", "::ffff:0.0.0.0"] {
            assert!(fold_destination(text.parse().unwrap()).is_loopback(), "{text}");
        }
    }
}
