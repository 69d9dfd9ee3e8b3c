//! Protocols by name: `getprotobyname`.
//!
//! # References
//! - <https://man7.org/linux/man-pages/man3/getprotobyname.3.html>

use crate::error::{Error, Result};

/// `socket.getprotobyname(protocolname)`; capitals count.
///
/// # Errors
/// [`Error::Text`]: no such protocol.
pub fn getprotobyname(name: &str) -> Result<i32> {
    let found = ROWS.iter().find(|(official, _, aliases)| *official == name || aliases.contains(&name));
    found.map(|(_, number, _)| *number).ok_or(Error::Text("protocol not found"))
}

/// A protocol: name, number and aliases.
type Row = (&'static str, i32, &'static [&'static str]);

/// The protocols that Debian's `/etc/protocols` lists, in its order.
#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("ip", 0, &["IP"]),
    ("hopopt", 0, &["HOPOPT"]),
    ("icmp", 1, &["ICMP"]),
    ("igmp", 2, &["IGMP"]),
    ("ggp", 3, &["GGP"]),
    ("ipencap", 4, &["IP-ENCAP"]),
    ("st", 5, &["ST"]),
    ("tcp", 6, &["TCP"]),
    ("egp", 8, &["EGP"]),
    ("igp", 9, &["IGP"]),
    ("pup", 12, &["PUP"]),
    ("udp", 17, &["UDP"]),
    ("hmp", 20, &["HMP"]),
    ("xns-idp", 22, &["XNS-IDP"]),
    ("rdp", 27, &["RDP"]),
    ("iso-tp4", 29, &["ISO-TP4"]),
    ("dccp", 33, &["DCCP"]),
    ("xtp", 36, &["XTP"]),
    ("ddp", 37, &["DDP"]),
    ("idpr-cmtp", 38, &["IDPR-CMTP"]),
    ("ipv6", 41, &["IPv6"]),
    ("ipv6-route", 43, &["IPv6-Route"]),
    ("ipv6-frag", 44, &["IPv6-Frag"]),
    ("idrp", 45, &["IDRP"]),
    ("rsvp", 46, &["RSVP"]),
    ("gre", 47, &["GRE"]),
    ("esp", 50, &["IPSEC-ESP"]),
    ("ah", 51, &["IPSEC-AH"]),
    ("skip", 57, &["SKIP"]),
    ("ipv6-icmp", 58, &["IPv6-ICMP"]),
    ("ipv6-nonxt", 59, &["IPv6-NoNxt"]),
    ("ipv6-opts", 60, &["IPv6-Opts"]),
    ("rspf", 73, &["RSPF", "CPHB"]),
    ("vmtp", 81, &["VMTP"]),
    ("eigrp", 88, &["EIGRP"]),
    ("ospf", 89, &["OSPFIGP"]),
    ("ax.25", 93, &["AX.25"]),
    ("ipip", 94, &["IPIP"]),
    ("etherip", 97, &["ETHERIP"]),
    ("encap", 98, &["ENCAP"]),
    ("pim", 103, &["PIM"]),
    ("ipcomp", 108, &["IPCOMP"]),
    ("vrrp", 112, &["VRRP"]),
    ("l2tp", 115, &["L2TP"]),
    ("isis", 124, &["ISIS"]),
    ("sctp", 132, &["SCTP"]),
    ("fc", 133, &["FC"]),
    ("mobility-header", 135, &["Mobility-Header"]),
    ("udplite", 136, &["UDPLite"]),
    ("mpls-in-ip", 137, &["MPLS-in-IP"]),
    ("manet", 138, &[]),
    ("hip", 139, &["HIP"]),
    ("shim6", 140, &["Shim6"]),
    ("wesp", 141, &["WESP"]),
    ("rohc", 142, &["ROHC"]),
    ("ethernet", 143, &["Ethernet"]),
    ("mptcp", 262, &["MPTCP"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_aliases_are_found() {
        let cases = [
            ("ip", 0),
            ("IP", 0),
            ("icmp", 1),
            ("tcp", 6),
            ("TCP", 6),
            ("udp", 17),
            ("IPv6", 41),
            ("ipv6-icmp", 58),
            ("CPHB", 73),
            ("ax.25", 93),
            ("sctp", 132),
            ("manet", 138),
            ("mptcp", 262),
        ];
        for (name, number) in cases {
            assert_eq!(getprotobyname(name), Ok(number), "{name}");
        }
    }

    #[test]
    fn other_names_are_not() {
        for name in ["", "Tcp", "6", "tcp ", "nosuch"] {
            assert_eq!(getprotobyname(name), Err(Error::Text("protocol not found")), "{name}");
        }
    }
}
