//! What a guest may reach: rules by direction, deny by default, deny before allow.
//!
//! [`Policy`] holds the rules, [`Network`] is the only thing in this crate that answers address checks and resolves names.
//! The compiler keeps it so: `clippy.toml` forbids the functions that open sockets or resolve everywhere else.

mod denial;
mod hosts;
mod names;
mod network;
mod peers;
mod ports;
mod rule;
#[cfg(test)]
mod tests;

use std::net::SocketAddr;

pub use denial::{Attempt, Denial, Reason};
pub use names::{NameError, NamePattern};
pub use network::{LookupError, Network};
pub use rule::{Protocol, Rule, RuleError};

/// The rules for one guest. Without any, nothing is reachable.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    outbound: Rules,
    inbound: Rules,
    resolve: Vec<NamePattern>,
}

/// The rules of one direction.
#[derive(Clone, Debug, Default)]
struct Rules {
    allow: Vec<Rule>,
    deny: Vec<Rule>,
}

type Verdict = Result<(), Reason>;

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
        self.resolve.push(NamePattern::any());
        Ok(self)
    }

    /// Allows connections and datagrams to the addresses of a rule.
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
        self.resolve.push(pattern);
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

    /// May packets go to `remote`?
    fn judge_outbound(&self, protocol: Protocol, remote: SocketAddr) -> Verdict {
        if let Some(rule) = self.outbound.deny.iter().find(|rule| rule.covers_remote(protocol, remote)) {
            return Err(Reason::DeniedOutbound(rule.clone()));
        }
        allowed(self.outbound.allow.iter().any(|rule| rule.covers_remote(protocol, remote)))
    }

    /// May a socket be bound to `local`?
    ///
    /// The wildcard address with port 0 is what WASI reports for every socket that connects or sends without having been
    /// bound; such a socket is not reachable before it listens, which is judged apart.
    fn judge_bind(&self, protocol: Protocol, local: SocketAddr) -> Verdict {
        if local.ip().is_unspecified() && local.port() == 0 {
            return Ok(());
        }
        self.judge_inbound(protocol, local)
    }

    /// May a TCP socket that is bound to `local` listen?
    ///
    /// Rules know a port that the system chose as port 0. A guest cannot have named the chosen port itself: binding to it
    /// would have been judged under its own number.
    fn judge_listen(&self, local: SocketAddr) -> Verdict {
        let verdict = self.judge_inbound(Protocol::Tcp, local);
        match verdict {
            Err(Reason::NoRule) => self.judge_inbound(Protocol::Tcp, SocketAddr::new(local.ip(), 0)),
            Ok(()) | Err(_) => verdict,
        }
    }

    fn judge_inbound(&self, protocol: Protocol, local: SocketAddr) -> Verdict {
        if let Some(rule) = self.inbound.deny.iter().find(|rule| rule.reached_by(protocol, local)) {
            return Err(Reason::DeniedInbound(rule.clone()));
        }
        allowed(self.inbound.allow.iter().any(|rule| rule.covers_local(protocol, local)))
    }

    /// May datagrams come in from peers that nothing was sent to?
    fn allows_unasked_datagrams(&self) -> bool {
        self.inbound.allow.iter().any(|rule| rule.is_for(Protocol::Udp))
    }

    /// May `name`, in its normal form, be looked up?
    fn judge_name(&self, name: &str) -> Verdict {
        let is_granted_localhost = name == "localhost" && self.outbound.allow.iter().any(Rule::names_localhost);
        allowed(is_granted_localhost || self.resolve.iter().any(|pattern| pattern.covers(name)))
    }
}

fn allowed(yes: bool) -> Verdict {
    if yes { Ok(()) } else { Err(Reason::NoRule) }
}
