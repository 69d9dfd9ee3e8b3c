//! The decisions, as functions of the rules alone. The order of rules makes no difference anywhere.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use super::address::{Special, fold, fold_destination, is_metadata};
use super::listing::{of_direction, of_name};
use super::names::{Family, is_localhost};
use super::{Policy, Protocol, Reason, Rule, Rules};

/// What allows something, in the words of the command line; nothing if it needs no rule.
pub(crate) type Basis = Option<String>;

/// Whether something is allowed, and why.
pub(crate) type Verdict = Result<Basis, Reason>;

/// What is known of a name before anyone is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NameGrant {
    /// What allows looking it up.
    pub(crate) basis: Basis,
    /// The families to look for.
    pub(crate) families: Vec<Family>,
    /// The addresses that rules give it; if there are any, no one is asked.
    pub(crate) mapped: Vec<IpAddr>,
}

impl Policy {
    /// May packets go to `remote`, which lookups of `names` have yielded?
    pub(crate) fn judge_outbound(&self, protocol: Protocol, remote: SocketAddr, names: &[String]) -> Verdict {
        if let Some(rule) = self.outbound.deny.iter().find(|rule| rule.touches_remote(protocol, remote, names)) {
            return Err(denied("outbound", rule));
        }
        let is_guarded = is_metadata(fold_destination(remote.ip()));
        let open = |rule: &&Rule| !is_guarded || rule.names_literally(remote.ip());
        let mut rules = self.outbound.allow.iter().filter(open).peekable();
        if is_guarded && rules.peek().is_none() {
            return Err(Reason::Metadata);
        }
        allowed("outbound", rules.find(|rule| rule.covers_remote(protocol, remote, names)))
    }

    /// Where packets to `remote` go, once they may: rules can map ports. Of several, the lowest port counts.
    pub(crate) fn destination(&self, protocol: Protocol, remote: SocketAddr, names: &[String]) -> SocketAddr {
        let rules = self.outbound.allow.iter().filter(|rule| rule.covers_remote(protocol, remote, names));
        let mut mapped = remote; // which may have a scope
        mapped.set_port(rules.filter_map(Rule::mapped_port).min().unwrap_or(remote.port()));
        mapped
    }

    /// Where a socket is really bound that the guest binds to `local`.
    pub(crate) fn local_port(&self, protocol: Protocol, local: SocketAddr) -> u16 {
        let rules = self.inbound.allow.iter().filter(|rule| rule.covers_local(protocol, local));
        rules.filter_map(Rule::mapped_port).min().unwrap_or(local.port())
    }

    /// May a socket be bound to `local`?
    ///
    /// The wildcard address with port 0 is what WASI reports for every socket that connects or sends without having been
    /// bound; such a socket is not reachable before it listens, which is judged apart.
    pub(crate) fn judge_bind(&self, protocol: Protocol, local: SocketAddr) -> Verdict {
        if local.ip().is_unspecified() && local.port() == 0 {
            return Ok(None);
        }
        self.judge_inbound(protocol, local)
    }

    /// May a TCP socket that is bound to `local` listen?
    ///
    /// Rules know a port that the system chose as port 0. A guest cannot have named the chosen port itself: binding to it
    /// would have been judged under its own number.
    pub(crate) fn judge_listen(&self, local: SocketAddr) -> Verdict {
        let verdict = self.judge_inbound(Protocol::Tcp, local);
        match verdict {
            Err(Reason::NoRule) => {
                // Only a rule that maps to this port has let a socket be bound to it.
                let is_mapped = |rule: &&Rule| rule.maps_local(local);
                if let Some(rule) = self.inbound.allow.iter().find(is_mapped) {
                    return Ok(basis("inbound", rule));
                }
                self.judge_inbound(Protocol::Tcp, SocketAddr::new(local.ip(), 0))
            }
            Ok(_) | Err(_) => verdict,
        }
    }

    fn judge_inbound(&self, protocol: Protocol, local: SocketAddr) -> Verdict {
        if let Some(rule) = self.inbound.deny.iter().find(|rule| rule.reached_by(protocol, local)) {
            return Err(denied("inbound", rule));
        }
        allowed("inbound", self.inbound.allow.iter().find(|rule| rule.covers_local(protocol, local)))
    }

    /// May datagrams come in from peers that nothing was sent to?
    pub(crate) fn allows_unasked_datagrams(&self) -> bool {
        self.inbound.allow.iter().any(|rule| rule.is_for(Protocol::Udp))
    }

    /// May an `AF_UNIX` socket use a path of the guest, and which path of this machine is that?
    pub(crate) fn judge_unix(&self, direction: &'static str, guest: &Path) -> Result<(Basis, PathBuf), Reason> {
        let Rules { allow, deny } = if direction == "inbound" { &self.inbound } else { &self.outbound };
        let granted = allow.iter().find_map(|rule| Some((rule, rule.unix_path(guest)?)));
        let is_denied = |rule: &&Rule| {
            let host = granted.as_ref().map(|(_, host)| host);
            rule.unix_path(guest).is_some() || host.is_some_and(|host| rule.unix_path(host).is_some())
        };
        if let Some(rule) = deny.iter().find(is_denied) {
            return Err(denied(direction, rule));
        }
        granted.map(|(rule, host)| (basis(direction, rule), host)).ok_or(Reason::NoRule)
    }

    /// May `name`, in its normal form, be looked up?
    pub(crate) fn judge_name(&self, name: &str) -> Result<NameGrant, Reason> {
        if let Some(pattern) = self.resolve.deny.iter().find(|pattern| pattern.covers(name)) {
            return Err(Reason::Denied(of_name("deny", pattern)));
        }
        let mut grant = NameGrant { basis: None, families: Vec::new(), mapped: Vec::new() };
        let mut add = |basis: String, family, mapped: Option<IpAddr>| {
            grant.basis.get_or_insert(basis);
            grant.families.push(family);
            grant.mapped.extend(mapped);
        };
        for pattern in self.resolve.allow.iter().filter(|pattern| pattern.covers(name)) {
            add(of_name("allow", pattern), pattern.family(), pattern.mapped_address());
        }
        for rule in &self.outbound.allow {
            let is_its_name = rule.name().and_then(super::NamePattern::exact) == Some(name);
            if is_its_name || (rule.names_localhost() && is_localhost(name)) {
                add(of_direction("allow", "outbound", rule), rule.family(), rule.mapped_address());
            }
        }
        if grant.families.is_empty() { Err(Reason::NoRule) } else { Ok(grant) }
    }

    /// May the guest have this address as an answer to a lookup, and does the answer open it for the rules on that name?
    ///
    /// Any name can be made to lead anywhere by whoever owns it. So an address that is not of the public internet is only
    /// passed on if a rule on addresses covers it, and then opens nothing more than that rule.
    pub(crate) fn judge_answer(&self, name: &str, address: IpAddr) -> Result<bool, Reason> {
        let address = fold(address);
        let Some(special) = Special::of(address) else {
            return Ok(true);
        };
        let is_known = match special {
            Special::Metadata => self.outbound.allow.iter().any(|rule| rule.names_literally(address)),
            Special::Loopback if is_localhost(name) => true,
            _ => self.outbound.allow.iter().any(|rule| rule.covers_address(address)),
        };
        if is_known { Ok(false) } else { Err(Reason::Leads(address, special)) }
    }
}

fn denied(direction: &str, rule: &Rule) -> Reason {
    Reason::Denied(of_direction("deny", direction, rule))
}

fn allowed(direction: &str, rule: Option<&Rule>) -> Verdict {
    rule.map(|rule| basis(direction, rule)).ok_or(Reason::NoRule)
}

fn basis(direction: &str, rule: &Rule) -> Basis {
    Some(of_direction("allow", direction, rule))
}
