//! What a guest may reach: rules by direction, deny by default, deny before allow.
//!
//! [`Policy`] holds the rules, [`Network`] is the only thing in this crate that answers address checks and resolves names.
//! The compiler keeps it so: `clippy.toml` forbids the functions that open sockets or resolve everywhere else.

mod address;
mod audit;
mod book;
mod buffers;
mod builder;
mod decide;
mod denial;
mod explain;
mod file;
mod hosts;
mod learn;
mod learned;
mod limits;
mod listing;
mod lookup;
mod names;
mod network;
mod peers;
mod ports;
mod resolver;
mod rule;
mod telemetry;
#[cfg(test)]
mod tests;
mod tracked;
mod unix;
// The fuzz targets do without WASI.
#[cfg(not(fuzzing))]
mod wasi;

use std::net::{IpAddr, SocketAddr};

pub use address::Special;
pub use audit::Event;
pub(crate) use book::connection;
pub(crate) use buffers::{Buffered, Buffers, Way};
pub use builder::Builder;
pub use denial::{Attempt, Denial, Reason};
pub use explain::{Explanation, Target, TargetError};
pub use file::PolicyError;
pub use learn::Learner;
pub use limits::{Exceeded, Limits, Permit};
pub use names::{Family, NameError, NamePattern};
pub use network::{Held, Network};
pub use resolver::{Found, LookupError, Resolver};
pub use rule::{Protocol, Rule, RuleError};
pub(crate) use tracked::{Origin, Tracked};
pub use tracked::{SocketState, SocketView};

/// The rules for one guest. Without any, nothing is reachable.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    outbound: Rules,
    inbound: Rules,
    resolve: Patterns,
    mode: Mode,
    limits: Limits,
    dns: Option<SocketAddr>,
}

/// What happens to that which no rule allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// It is refused.
    #[default]
    Enforce,
    /// It is only reported, except for what leads to a cloud's metadata service.
    Report,
}

/// The rules of one direction.
#[derive(Clone, Debug, Default)]
struct Rules {
    allow: Vec<Rule>,
    deny: Vec<Rule>,
}

/// The patterns on names.
#[derive(Clone, Debug, Default)]
struct Patterns {
    allow: Vec<NamePattern>,
    deny: Vec<NamePattern>,
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
            let rule = Rule::parse(text)?;
            self.inbound.allow.push(rule.clone());
            self.outbound.allow.push(rule);
        }
        self.resolve.allow.push(NamePattern::any());
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
        self.outbound.allow.push(rule);
        self
    }

    /// Allows being reached on the local addresses of a rule.
    ///
    /// For TCP that is `bind`, `listen` and `accept`. For UDP it is `bind`, receiving from anyone, and answering whoever
    /// sent something: WASI does not say on which of its sockets a datagram arrives, so receiving goes by the guest as a
    /// whole.
    ///
    /// # Ambient Authority
    ///
    /// Others may reach the guest on these addresses.
    pub fn allow_inbound(&mut self, rule: Rule) -> &mut Self {
        self.inbound.allow.push(rule);
        self
    }

    /// Allows looking up names.
    ///
    /// # Ambient Authority
    ///
    /// The guest may send what it likes as part of a covered name to whoever answers for it.
    pub fn allow_resolve(&mut self, pattern: NamePattern) -> &mut Self {
        self.resolve.allow.push(pattern);
        self
    }

    /// Forbids connections and datagrams to the addresses of a rule, whatever else allows them.
    pub fn deny_outbound(&mut self, rule: Rule) -> &mut Self {
        self.outbound.deny.push(rule);
        self
    }

    /// Forbids being reached on the local addresses of a rule, whatever else allows it.
    ///
    /// A wildcard address is refused if it includes one of them.
    pub fn deny_inbound(&mut self, rule: Rule) -> &mut Self {
        self.inbound.deny.push(rule);
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
    fn opens_address(&self, address: IpAddr) -> bool {
        self.outbound.allow.iter().any(|rule| rule.covers_address(address))
    }

    /// Forbids looking up names, whatever else allows it.
    pub fn deny_resolve(&mut self, pattern: NamePattern) -> &mut Self {
        self.resolve.deny.push(pattern);
        self
    }
}
