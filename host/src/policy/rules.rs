//! The rules of a policy, and how to build one.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::limits::Limits;
use super::name_pattern::NamePattern;
use super::rule::{Rule, RuleError};

/// The rules for one guest. Without any, nothing is reachable.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    pub(super) outbound: Rules,
    pub(super) inbound: Rules,
    pub(super) resolve: Patterns,
    pub(super) mode: Mode,
    pub(super) limits: Limits,
    pub(super) dns: Option<SocketAddr>,
}

/// What happens to that which no rule allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// It is refused.
    #[default]
    Enforce,
    /// It is only reported, except for what a rule denies and for what leads to a cloud's metadata service.
    Report,
}

/// Which way a rule looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Direction {
    /// At where the guest goes.
    Outbound,
    /// At where it is reached.
    Inbound,
}

impl fmt::Display for Direction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Outbound => "outbound",
            Self::Inbound => "inbound",
        })
    }
}

/// The rules of one direction.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    pub(super) allow: Vec<Arc<Rule>>,
    pub(super) deny: Vec<Arc<Rule>>,
}

/// The patterns on names.
#[derive(Clone, Debug, Default)]
pub(super) struct Patterns {
    pub(super) allow: Vec<Arc<NamePattern>>,
    pub(super) deny: Vec<Arc<NamePattern>>,
}

impl Policy {
    /// The policy that allows nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Allows all of the network: every connection, every port, every name. Deny rules still win.
    ///
    /// # Ambient Authority
    ///
    /// The guest gets the network as this process has it.
    pub fn allow_everything(&mut self) -> Result<&mut Self, RuleError> {
        for text in ["tcp://*:*", "udp://*:*"] {
            let rule = Arc::new(Rule::parse(text)?);
            self.inbound.allow.push(Arc::clone(&rule));
            self.outbound.allow.push(rule);
        }
        self.resolve.allow.push(Arc::new(NamePattern::any()));
        Ok(self)
    }

    /// Allows connections and datagrams to the addresses of a rule.
    ///
    /// A rule on one name allows looking it up, and then the addresses that the lookup has yielded. A rule on `*.suffix`
    /// does not allow looking anything up: [`Policy::allow_resolve`] does.
    ///
    /// # Ambient Authority
    ///
    /// The guest may reach these addresses.
    pub fn allow_outbound(&mut self, rule: Rule) -> &mut Self {
        self.outbound.allow.push(Arc::new(rule));
        self
    }

    /// Allows being reached on the local addresses of a rule.
    ///
    /// For TCP it allows `bind`, `listen` and `accept`. For UDP it allows `bind`; a socket with such an address may receive from
    /// anyone, and answer the senders.
    ///
    /// # Ambient Authority
    ///
    /// Others may reach the guest on these addresses.
    pub fn allow_inbound(&mut self, rule: Rule) -> &mut Self {
        self.inbound.allow.push(Arc::new(rule));
        self
    }

    /// Allows looking up names.
    ///
    /// # Ambient Authority
    ///
    /// The guest may send any data to the owner of a covered name, as part of the name.
    pub fn allow_resolve(&mut self, pattern: NamePattern) -> &mut Self {
        self.resolve.allow.push(Arc::new(pattern));
        self
    }

    /// Forbids connections and datagrams to the addresses of a rule, whatever else allows them.
    pub fn deny_outbound(&mut self, rule: Rule) -> &mut Self {
        self.outbound.deny.push(Arc::new(rule));
        self
    }

    /// Forbids being reached on the local addresses of a rule, whatever else allows it.
    ///
    /// A wildcard address is refused if it includes one of them.
    pub fn deny_inbound(&mut self, rule: Rule) -> &mut Self {
        self.inbound.deny.push(Arc::new(rule));
        self
    }

    /// What happens to that which no rule allows.
    ///
    /// # Ambient Authority
    ///
    /// With [`Mode::Report`] the guest gets the network as this process has it.
    pub fn set_mode(&mut self, mode: Mode) -> &mut Self {
        self.mode = mode;
        self
    }

    /// How much the guest may use.
    pub fn set_limits(&mut self, limits: Limits) -> &mut Self {
        self.limits = limits;
        self
    }

    /// Asks this name server, and not the system's configuration and hosts file.
    pub fn set_dns(&mut self, server: SocketAddr) -> &mut Self {
        self.dns = Some(server);
        self
    }

    /// Whether rules on addresses open some port of this one.
    pub(crate) fn opens_address(&self, address: IpAddr) -> bool {
        self.outbound.allow.iter().any(|rule| rule.covers_address(address))
    }

    /// Forbids looking up names, whatever else allows it.
    pub fn deny_resolve(&mut self, pattern: NamePattern) -> &mut Self {
        self.resolve.deny.push(Arc::new(pattern));
        self
    }

    /// The rules of one direction.
    pub(super) fn rules_of(&self, direction: Direction) -> &Rules {
        match direction {
            Direction::Outbound => &self.outbound,
            Direction::Inbound => &self.inbound,
        }
    }

    /// How much the guest may use.
    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What happens to that which no rule allows.
    pub(crate) fn mode(&self) -> Mode {
        self.mode
    }

    /// The name server to ask, if it is not the system's.
    pub(crate) fn dns(&self) -> Option<SocketAddr> {
        self.dns
    }
}
