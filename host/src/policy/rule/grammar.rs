//! Reads rules.

use std::net::IpAddr;

use super::{Internet, Kind, Protocol};
use crate::policy::address::fold;
use crate::policy::hosts::Hosts;
use crate::policy::name_pattern::RuleFamily;
use crate::policy::ports::Ports;
use crate::policy::unix::UnixPaths;

/// Reads a rule. The error says what is wrong, to be followed by nothing.
pub(super) fn parse(text: &str) -> Result<Kind, String> {
    let (protocol, rest) = text.split_once("://").ok_or("it does not start with tcp://, udp:// or unix://")?;
    let protocol = match protocol {
        "tcp" => Protocol::Tcp,
        "udp" => Protocol::Udp,
        "unix" => return UnixPaths::parse(rest).map(Kind::Unix),
        _ => return Err(format!("the protocol is tcp, udp or unix, not \"{protocol}\"")),
    };
    parse_internet(protocol, rest).map(Kind::Internet)
}

fn parse_internet(protocol: Protocol, text: &str) -> Result<Internet, String> {
    let (text, family) = RuleFamily::split(text)?;
    let (text, port) = split_port(text)?;
    let (name, rest) = match text.split_once("->") {
        Some((name, rest)) => (Some(name), rest),
        None => (None, text),
    };
    let (host, ports) = split_ports(rest)?;
    let hosts = Hosts::parse(host)?;
    let ports = Ports::parse(ports)?;
    let (hosts, address) = match name {
        Some(name) => (mapped_name(name)?, Some(mapped_address(&hosts)?)),
        None => (hosts, None),
    };
    if port.is_some() {
        check_port(protocol, &ports)?;
    }
    if let (Some(address), false) = (address, address.is_none_or(|address| family.contains(address))) {
        return Err(format!("{address} is not of the family behind \"#\""));
    }
    Ok(Internet { protocol, hosts, address, ports, port, family })
}

/// Splits off `->PORT`, the port outside.
fn split_port(text: &str) -> Result<(&str, Option<u16>), String> {
    match text.rsplit_once("->") {
        Some((rest, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => {
            match port.parse() {
                Ok(port) if port > 0 => Ok((rest, Some(port))),
                Ok(_) | Err(_) => Err(format!("\"{port}\" is no port to map to; a port is a number from 1 to 65535")),
            }
        }
        Some(_) | None => Ok((text, None)),
    }
}

fn mapped_name(text: &str) -> Result<Hosts, String> {
    match Hosts::parse(text)? {
        Hosts::Named(pattern) if pattern.exact().is_some() => Ok(Hosts::Named(pattern)),
        Hosts::Named(_) | Hosts::Any | Hosts::Localhost | Hosts::Network(_) => {
            Err(format!("\"{text}\" cannot be given an address: before \"->\" stands a name"))
        }
    }
}

fn mapped_address(hosts: &Hosts) -> Result<IpAddr, String> {
    match hosts {
        Hosts::Network(network) if network.prefix_len() == network.max_prefix_len() => {
            let address = fold(network.addr());
            if address.is_unspecified() {
                Err("the wildcard address is nowhere in particular".to_owned())
            } else {
                Ok(address)
            }
        }
        Hosts::Network(_) | Hosts::Any | Hosts::Localhost | Hosts::Named(_) => {
            Err("behind \"->\" stands one address and its ports".to_owned())
        }
    }
}

fn check_port(protocol: Protocol, ports: &Ports) -> Result<(), String> {
    if protocol == Protocol::Udp {
        return Err("ports of udp cannot be mapped".to_owned());
    }
    match ports.single() {
        Some(0) | None => Err("one port is mapped to one port: \":80->8080\"".to_owned()),
        Some(_) => Ok(()),
    }
}

/// Splits at the colon before the ports: the one behind the bracket, if there is a bracket.
fn split_ports(text: &str) -> Result<(&str, &str), String> {
    let behind_host = text.rfind(']').map_or(0, |bracket| bracket + 1);
    let missing = || "the port is missing; write \":*\" for every port".to_owned();
    let (host, ports) = text.split_at_checked(behind_host).ok_or_else(missing)?;
    if behind_host > 0 {
        return ports.strip_prefix(':').map(|ports| (host, ports)).ok_or_else(missing);
    }
    if text.parse::<std::net::Ipv6Addr>().is_ok() {
        return Err(format!("an IPv6 address stands in brackets: [{text}]:PORT"));
    }
    text.rsplit_once(':').ok_or_else(missing)
}
