//! One rule on addresses: `tcp://127.0.0.1:8080`.

use std::fmt;
use std::net::SocketAddr;

use super::hosts::{Hosts, fold, fold_destination};
use super::ports::Ports;

/// The transport a rule or an attempt is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// TCP, `SOCK_STREAM`.
    Tcp,
    /// UDP, `SOCK_DGRAM`.
    Udp,
}

impl fmt::Display for Protocol {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        })
    }
}

/// A set of remote or local addresses, in the grammar `PROTOCOL://HOST:PORTS`.
///
/// - `PROTOCOL` is `tcp` or `udp`.
/// - `HOST` is an IPv4 address or network (`10.0.0.0/8`), an IPv6 one in brackets (`[fd00::/8]`), `localhost` for
///   127.0.0.0/8 and ::1, or `*`.
/// - `PORTS` is a list of ports and inclusive ranges (`53,80,1000-2000`), or `*`. As the port of an inbound rule, 0 means
///   a free port that the system chooses.
///
/// It displays as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    text: String,
    protocol: Protocol,
    hosts: Hosts,
    ports: Ports,
}

/// Why a text is no [`Rule`]; it says what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "malformed rule \"{text}\": {problem} (a rule looks like tcp://127.0.0.1:8080, udp://10.0.0.0/8:53,1000-2000, tcp://[::1]:*)"
)]
pub struct RuleError {
    text: String,
    problem: String,
}

impl Rule {
    /// Reads a rule.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        Self::parse_parts(text).map_err(|problem| RuleError { text: text.to_owned(), problem })
    }

    fn parse_parts(text: &str) -> Result<Self, String> {
        let (protocol, rest) = text.split_once("://").ok_or("it does not start with tcp:// or udp://")?;
        let protocol = match protocol {
            "tcp" => Protocol::Tcp,
            "udp" => Protocol::Udp,
            _ => return Err(format!("the protocol is tcp or udp, not \"{protocol}\"")),
        };
        let (host, ports) = split_ports(rest)?;
        let hosts = Hosts::parse(host)?;
        let ports = Ports::parse(ports)?;
        Ok(Self { text: text.to_owned(), protocol, hosts, ports })
    }

    /// Whether packets to `remote` are covered.
    pub(crate) fn covers_remote(&self, protocol: Protocol, remote: SocketAddr) -> bool {
        self.covers(protocol, remote.port()) && self.hosts.contains(fold_destination(remote.ip()))
    }

    /// Whether being reachable on `local` is covered, the port taken as given.
    pub(crate) fn covers_local(&self, protocol: Protocol, local: SocketAddr) -> bool {
        self.covers(protocol, local.port()) && self.hosts.contains(fold(local.ip()))
    }

    /// Whether being reachable on `local` would make an address of this rule reachable.
    pub(crate) fn reached_by(&self, protocol: Protocol, local: SocketAddr) -> bool {
        self.covers(protocol, local.port()) && self.hosts.reached_by(fold(local.ip()))
    }

    /// Whether the rule is about this protocol.
    pub(crate) fn is_for(&self, protocol: Protocol) -> bool {
        self.protocol == protocol
    }

    /// Whether the host of the rule is `localhost`, the one name that needs no lookup.
    pub(crate) fn names_localhost(&self) -> bool {
        self.hosts == Hosts::Localhost
    }

    fn covers(&self, protocol: Protocol, port: u16) -> bool {
        self.protocol == protocol && self.ports.contains(port)
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
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
