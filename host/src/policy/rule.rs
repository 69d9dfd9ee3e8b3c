//! One rule: `tcp://127.0.0.1:8080`, `tcp://db.internal->10.0.0.5:5432`, `unix:///run/db.sock`.

mod grammar;

use std::fmt;
use std::iter;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::address::{carried, fold, fold_destination};
use super::hosts::Hosts;
use super::name_pattern::{NamePattern, RuleFamily};
use super::ports::Ports;
use super::unix::UnixPaths;

/// The transport a rule or an attempt is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

/// A set of remote or local addresses, in the grammar of `docs/policy.md`:
/// `PROTOCOL://HOST:PORTS`, with a mapping if it has one, or `unix://PATH`.
///
/// - `PROTOCOL` is `tcp` or `udp`.
/// - `HOST` is an IPv4 address or network (`10.0.0.0/8`), an IPv6 one in brackets (`[fd00::/8]`), a name or `*.suffix` (in
///   an outbound rule), `localhost` for 127.0.0.0/8 and ::1, or `*`.
/// - `PORTS` is a list of ports and inclusive ranges (`53,80,1000-2000`), or `*`. As the port of an inbound rule, 0 means
///   a free port that the system chooses.
/// - `NAME->ADDRESS:PORTS` gives a name its address, without anyone being asked.
/// - `HOST:PORT->PORT` is another port on the machine than for the guest; tcp alone has it.
/// - `#ipv4-only` or `#ipv6-only` at the end keeps it to one family.
///
/// It displays as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    text: String,
    kind: Kind,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Internet(Internet),
    Unix(UnixPaths),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Internet {
    protocol: Protocol,
    hosts: Hosts,
    /// What the name of the rule stands for, if the rule says so.
    address: Option<IpAddr>,
    ports: Ports,
    /// The port outside, if it is another.
    port: Option<u16>,
    family: RuleFamily,
}

/// Why a text is no [`Rule`]; it says what would be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "malformed rule \"{text}\": {problem} (a rule looks like tcp://127.0.0.1:8080, tcp://example.com:443, \
     udp://10.0.0.0/8:53,1000-2000, tcp://[::1]:*, unix:///run/db.sock)"
)]
pub struct RuleError {
    text: String,
    problem: String,
}

impl Rule {
    /// Reads a rule of either direction.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        Self::read(text, |_| Ok(()))
    }

    /// Reads a rule on remote addresses.
    pub fn parse_outbound(text: &str) -> Result<Self, RuleError> {
        Self::parse(text)
    }

    /// Reads a rule on local addresses: those have no names, and only their ports can be mapped.
    pub fn parse_inbound(text: &str) -> Result<Self, RuleError> {
        Self::read(text, |kind| match kind {
            Kind::Internet(Internet { hosts: Hosts::Named(_), .. }) => {
                Err("an inbound rule is on a local address, localhost or *, not on a name".to_owned())
            }
            Kind::Internet(_) | Kind::Unix(_) => Ok(()),
        })
    }

    /// Reads a rule that forbids, which cannot map anything.
    pub fn parse_deny(text: &str) -> Result<Self, RuleError> {
        Self::read(text, |kind| match kind {
            Kind::Internet(Internet { address: None, port: None, .. }) => Ok(()),
            Kind::Unix(paths) if !paths.is_mapped() => Ok(()),
            Kind::Internet(_) | Kind::Unix(_) => Err("a rule that denies maps nothing".to_owned()),
        })
    }

    fn read(text: &str, check: impl FnOnce(&Kind) -> Result<(), String>) -> Result<Self, RuleError> {
        let kind = grammar::parse(text).and_then(|kind| check(&kind).map(|()| kind));
        match kind {
            Ok(kind) => Ok(Self { text: text.to_owned(), kind }),
            Err(problem) => Err(RuleError { text: text.to_owned(), problem }),
        }
    }

    /// Whether packets to `remote` are covered. Names are looked at if `remote` was learned from one of `names`.
    pub(crate) fn covers_remote(&self, protocol: Protocol, remote: SocketAddr, names: &[Arc<str>]) -> bool {
        self.covers(protocol, fold_destination(remote.ip()), remote.port(), names)
    }

    fn covers(&self, protocol: Protocol, address: IpAddr, port: u16, names: &[Arc<str>]) -> bool {
        let is_covered = |hosts: &Hosts| match hosts {
            Hosts::Named(pattern) => names.iter().any(|name| pattern.covers(name)),
            Hosts::Any | Hosts::Localhost | Hosts::Network(_) => hosts.contains(address),
        };
        self.internet(protocol, port, address)
            .is_some_and(|rule| rule.address.is_none_or(|mapped| mapped == address) && is_covered(&rule.hosts))
    }

    /// Whether packets to `remote` end at a covered address, by whatever way: the question for a rule that forbids.
    pub(crate) fn touches_remote(&self, protocol: Protocol, remote: SocketAddr, names: &[Arc<str>]) -> bool {
        let written = fold(remote.ip());
        let inside = carried(written).map(IpAddr::from);
        // The wildcard address is both what it says and where it leads.
        let mut addresses = iter::once(written).chain(inside).flat_map(|address| [address, fold_destination(address)]);
        addresses.any(|address| self.covers(protocol, address, remote.port(), names))
    }

    /// Whether the rule is on addresses, whatever its ports, and `address` is one of them.
    pub(crate) fn covers_address(&self, address: IpAddr) -> bool {
        let address = fold_destination(address);
        matches!(&self.kind, Kind::Internet(rule) if rule.family.contains(address) && rule.hosts.contains(address))
    }

    /// Whether the rule names this one address.
    pub(crate) fn names_literally(&self, address: IpAddr) -> bool {
        let address = fold_destination(address);
        matches!(&self.kind, Kind::Internet(rule) if rule.address == Some(address) || rule.hosts.name_literally(address))
    }

    /// Whether being reachable on `local` is covered, the port taken as given.
    pub(crate) fn covers_local(&self, protocol: Protocol, local: SocketAddr) -> bool {
        let address = fold(local.ip());
        self.internet(protocol, local.port(), address).is_some_and(|rule| rule.hosts.contains(address))
    }

    /// Whether being reachable on `local` would make an address of this rule reachable.
    pub(crate) fn reached_by(&self, protocol: Protocol, local: SocketAddr) -> bool {
        let address = fold(local.ip());
        self.internet(protocol, local.port(), address).is_some_and(|rule| rule.hosts.reached_by(address))
    }

    /// Whether the rule is on paths.
    pub(crate) fn is_unix(&self) -> bool {
        matches!(&self.kind, Kind::Unix(_))
    }

    /// Whether the host of the rule is `localhost`, the one name that needs no lookup.
    pub(crate) fn names_localhost(&self) -> bool {
        matches!(&self.kind, Kind::Internet(rule) if rule.hosts == Hosts::Localhost)
    }

    /// The pattern that the host of the rule is, if it is one.
    pub(crate) fn name(&self) -> Option<&NamePattern> {
        match &self.kind {
            Kind::Internet(Internet { hosts: Hosts::Named(pattern), .. }) => Some(pattern),
            Kind::Internet(_) | Kind::Unix(_) => None,
        }
    }

    /// The family that the rule keeps to.
    pub(crate) fn family(&self) -> RuleFamily {
        match &self.kind {
            Kind::Internet(rule) => rule.family,
            Kind::Unix(_) => RuleFamily::Any,
        }
    }

    /// The address that the rule gives its name.
    pub(crate) fn mapped_address(&self) -> Option<IpAddr> {
        match &self.kind {
            Kind::Internet(rule) => rule.address,
            Kind::Unix(_) => None,
        }
    }

    /// The port outside that the rule gives the guest's port.
    pub(crate) fn mapped_port(&self) -> Option<u16> {
        match &self.kind {
            Kind::Internet(rule) => rule.port,
            Kind::Unix(_) => None,
        }
    }

    /// Whether `local` is where a port of this rule lies outside.
    pub(crate) fn maps_local(&self, local: SocketAddr) -> bool {
        let address = fold(local.ip());
        matches!(&self.kind, Kind::Internet(rule)
            if rule.port == Some(local.port()) && rule.family.contains(address) && rule.hosts.contains(address))
    }

    /// Where a path of the guest lies on this machine, if the rule covers it.
    pub(crate) fn unix_path(&self, guest: &Path) -> Option<PathBuf> {
        match &self.kind {
            Kind::Unix(paths) => paths.host_path(guest),
            Kind::Internet(_) => None,
        }
    }

    /// The paths of this machine that the rule is on, if it is on paths.
    pub(crate) fn unix_paths(&self) -> Option<&UnixPaths> {
        match &self.kind {
            Kind::Unix(paths) => Some(paths),
            Kind::Internet(_) => None,
        }
    }

    /// Whether the rule is on this one path, which is the same on this machine.
    pub(crate) fn is_on_path(&self, path: &Path) -> bool {
        matches!(&self.kind, Kind::Unix(paths) if paths.is_one(path))
    }

    fn internet(&self, protocol: Protocol, port: u16, address: IpAddr) -> Option<&Internet> {
        match &self.kind {
            Kind::Internet(rule) => {
                let is_covered =
                    rule.protocol == protocol && rule.ports.contains(port) && rule.family.contains(address);
                is_covered.then_some(rule)
            }
            Kind::Unix(_) => None,
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}
