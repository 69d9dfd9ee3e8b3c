//! The hosts a rule names: an address, a network, a name, `*.suffix`, `localhost` or `*`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::address::fold;
use super::name_pattern::NamePattern;

/// What stands between `://` and the port of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Hosts {
    /// `*`: every address of both families.
    Any,
    /// `localhost`: 127.0.0.0/8 and ::1.
    Localhost,
    /// An address, as the network that holds it alone, or a network.
    Network(IpNet),
    /// The addresses that a lookup of these names has yielded.
    Named(NamePattern),
}

impl Hosts {
    /// Reads the host part of a rule, an IPv6 address or network in brackets.
    ///
    /// The error says what is wrong, to be followed by nothing.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match text {
            "*" => Ok(Self::Any),
            "localhost" => Ok(Self::Localhost),
            _ if text.starts_with('[') => parse_bracketed(text),
            _ => parse_plain(text),
        }
    }

    /// Whether a folded address (see [`fold`]) is one of these.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        match self {
            Self::Any => true,
            Self::Localhost => address.is_loopback(),
            Self::Network(network) => network.contains(&address),
            // Which addresses belong to a name is only known once it was looked up.
            Self::Named(_) => false,
        }
    }

    /// Whether these are one address, and this one: nobody writes that by accident.
    pub(crate) fn name_literally(&self, address: IpAddr) -> bool {
        match self {
            Self::Network(network) => *network == IpNet::from(address),
            Self::Any | Self::Localhost | Self::Named(_) => false,
        }
    }

    /// Whether listening on a folded address makes one of these reachable: the wildcard address of a family stands for
    /// every address of that family.
    pub(crate) fn reached_by(&self, local: IpAddr) -> bool {
        self.contains(local) || (local.is_unspecified() && self.has_family_of(local))
    }

    fn has_family_of(&self, address: IpAddr) -> bool {
        match self {
            Self::Any | Self::Localhost => true,
            Self::Network(network) => network.addr().is_ipv4() == address.is_ipv4(),
            Self::Named(_) => false,
        }
    }
}

fn parse_bracketed(text: &str) -> Result<Hosts, String> {
    let inside = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).ok_or("a \"[\" without its \"]\"")?;
    match inside.parse::<Ipv6Addr>() {
        Ok(address) => Ok(Hosts::Network(IpNet::from(fold(address.into())))),
        Err(_) => parse_network(inside, IpAddr::is_ipv6),
    }
}

fn parse_plain(text: &str) -> Result<Hosts, String> {
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Ok(Hosts::Network(IpNet::from(IpAddr::from(address))));
    }
    if text.parse::<Ipv6Addr>().is_ok() {
        return Err(format!("an IPv6 address stands in brackets: [{text}]"));
    }
    if text.contains('/') {
        return parse_network(text, IpAddr::is_ipv4);
    }
    if text.is_empty() {
        return Err("the host is missing".to_owned());
    }
    NamePattern::parse_host(text).map(Hosts::Named)
}

fn parse_network(text: &str, has_family: fn(&IpAddr) -> bool) -> Result<Hosts, String> {
    let network: IpNet = text.parse().map_err(|_| format!("\"{text}\" is no address and no network"))?;
    let (address, whole) = (network.addr(), network.trunc());
    if !has_family(&address) {
        return Err(format!("an IPv6 network stands in brackets, an IPv4 one does not: \"{text}\""));
    }
    if whole.addr() != address {
        return Err(format!("\"{text}\" has bits set behind its prefix; did you mean {whole}?"));
    }
    if matches!(address, IpAddr::V6(address) if address.to_ipv4_mapped().is_some()) {
        return Err(format!("\"{text}\" lies inside IPv6; write an IPv4 network as such"));
    }
    Ok(Hosts::Network(whole))
}
