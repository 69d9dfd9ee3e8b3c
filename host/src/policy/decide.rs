//! The decisions, as functions of the rules alone. The order of rules makes no difference anywhere.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::address::{Special, destination, fold, fold_destination, is_metadata};
use super::denial::Reason;
use super::listing::{of_direction, of_name};
use super::name_pattern::{NamePattern, RuleFamily, is_localhost};
use super::rule::{Protocol, Rule};
use super::rules::{Direction, Policy, Rules};

/// What allows something. It displays as the command line has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Basis {
    /// It needs no rule.
    Free,
    /// A rule on addresses or paths.
    Rule(Direction, Arc<Rule>),
    /// A rule on names.
    Pattern(Arc<NamePattern>),
}

impl Basis {
    /// The rule, in the words of the command line.
    pub(crate) fn text(&self) -> Option<String> {
        (*self != Self::Free).then(|| self.to_string())
    }
}

impl fmt::Display for Basis {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&match self {
            Self::Free => return Ok(()),
            Self::Rule(direction, rule) => of_direction("allow", *direction, rule),
            Self::Pattern(pattern) => of_name("allow", pattern),
        })
    }
}

/// What is allowed, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Allowed<T> {
    /// What was judged, and is to be used.
    pub(crate) target: T,
    pub(crate) basis: Basis,
}

/// Whether something is allowed.
pub(crate) type Verdict<T> = Result<Allowed<T>, Reason>;

/// What is known of a name before anyone is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct NameGrant {
    /// The families to look for.
    pub(crate) families: Vec<RuleFamily>,
    /// The addresses that rules give it; if there are any, no one is asked.
    pub(crate) mapped: Vec<IpAddr>,
}

impl Policy {
    /// May packets go to `remote`, which lookups of `names` have yielded? The target is where they are to go: one spelling of
    /// the address, and of several mapped ports the lowest.
    pub(crate) fn judge_outbound(
        &self,
        protocol: Protocol,
        remote: SocketAddr,
        names: &[Arc<str>],
    ) -> Verdict<SocketAddr> {
        if let Some(rule) = self.outbound.deny.iter().find(|rule| rule.touches_remote(protocol, remote, names)) {
            return Err(denied(Direction::Outbound, rule));
        }
        let is_guarded = is_metadata(fold_destination(remote.ip()));
        let open = |rule: &&Arc<Rule>| !is_guarded || rule.names_literally(remote.ip());
        let mut rules = self.outbound.allow.iter().filter(open).peekable();
        if is_guarded && rules.peek().is_none() {
            return Err(Reason::Metadata);
        }
        let mut covering = rules.filter(|rule| rule.covers_remote(protocol, remote, names));
        let first = covering.next().ok_or(Reason::NoRule)?;
        let mut target = destination(remote);
        if let Some(port) = first.mapped_port().into_iter().chain(covering.filter_map(|rule| rule.mapped_port())).min()
        {
            target.set_port(port);
        }
        Ok(allowed(target, Direction::Outbound, first))
    }

    /// May a socket be bound to `local`? The target is where it is really bound: rules can map ports.
    ///
    /// The wildcard address with port 0 is what WASI reports for every socket that connects or sends without having been
    /// bound; such a socket is not reachable before it listens, which is judged apart.
    pub(crate) fn judge_bind(&self, protocol: Protocol, local: SocketAddr) -> Verdict<SocketAddr> {
        let mut target = canonical(local);
        if target.ip().is_unspecified() && target.port() == 0 {
            return Ok(Allowed { target, basis: Basis::Free });
        }
        let rule = self.judge_inbound(protocol, local)?;
        let covering = self.inbound.allow.iter().filter(|rule| rule.covers_local(protocol, local));
        if let Some(port) = covering.filter_map(|rule| rule.mapped_port()).min() {
            target.set_port(port);
        }
        Ok(allowed(target, Direction::Inbound, rule))
    }

    /// May a TCP socket that is bound to `local` listen?
    ///
    /// Rules know a port that the system chose as port 0. A guest cannot have named the chosen port itself: binding to it
    /// would have been judged under its own number.
    pub(crate) fn judge_listen(&self, local: SocketAddr) -> Verdict<SocketAddr> {
        // Only a rule that maps to a port has let a socket be bound to it.
        let mapped = || self.inbound.allow.iter().find(|rule| rule.maps_local(local)).ok_or(Reason::NoRule);
        let rule = self
            .judge_inbound(Protocol::Tcp, local)
            .or_else(|reason| if reason == Reason::NoRule { mapped() } else { Err(reason) })
            .or_else(|reason| self.judge_any_port(Protocol::Tcp, local, reason))?;
        Ok(allowed(canonical(local), Direction::Inbound, rule))
    }

    /// May datagrams of anyone come in at `local`, the address of a socket? A socket that only sends has a port that the system
    /// chose, which rules know as port 0.
    pub(crate) fn judge_strangers(&self, local: SocketAddr) -> Verdict<SocketAddr> {
        let rule = self
            .judge_inbound(Protocol::Udp, local)
            .or_else(|reason| self.judge_any_port(Protocol::Udp, local, reason))?;
        Ok(allowed(canonical(local), Direction::Inbound, rule))
    }

    fn judge_any_port(&self, protocol: Protocol, local: SocketAddr, reason: Reason) -> Result<&Arc<Rule>, Reason> {
        if reason == Reason::NoRule {
            self.judge_inbound(protocol, SocketAddr::new(local.ip(), 0))
        } else {
            Err(reason)
        }
    }

    fn judge_inbound(&self, protocol: Protocol, local: SocketAddr) -> Result<&Arc<Rule>, Reason> {
        if let Some(rule) = self.inbound.deny.iter().find(|rule| rule.reached_by(protocol, local)) {
            return Err(denied(Direction::Inbound, rule));
        }
        self.inbound.allow.iter().find(|rule| rule.covers_local(protocol, local)).ok_or(Reason::NoRule)
    }

    /// May an `AF_UNIX` socket use a path of the guest, and which path of this machine is that?
    pub(crate) fn judge_unix(&self, direction: Direction, guest: &Path) -> Verdict<PathBuf> {
        let Rules { allow, deny } = self.rules_of(direction);
        let granted = allow.iter().find_map(|rule| Some((rule, rule.unix_path(guest)?)));
        let is_denied = |rule: &&Arc<Rule>| {
            let host = granted.as_ref().map(|(_, host)| host);
            rule.unix_path(guest).is_some() || host.is_some_and(|host| rule.unix_path(host).is_some())
        };
        if let Some(rule) = deny.iter().find(is_denied) {
            return Err(denied(direction, rule));
        }
        granted.map(|(rule, host)| allowed(host, direction, rule)).ok_or(Reason::NoRule)
    }

    /// The rules that deny paths, to compare with a file that has been opened.
    pub(crate) fn denied_paths(&self, direction: Direction) -> impl Iterator<Item = &Arc<Rule>> {
        self.rules_of(direction).deny.iter().filter(|rule| rule.is_unix())
    }

    /// Whether rules are on paths that a guest connects to.
    pub(crate) fn has_unix_outbound(&self) -> bool {
        self.outbound.allow.iter().chain(&self.outbound.deny).any(|rule| rule.is_unix())
    }

    /// May `name`, in its normal form, be looked up?
    pub(crate) fn judge_name(&self, name: &str) -> Verdict<NameGrant> {
        if let Some(pattern) = self.resolve.deny.iter().find(|pattern| pattern.covers(name)) {
            return Err(Reason::Denied(of_name("deny", pattern)));
        }
        let (mut grant, mut first) = (NameGrant::default(), None);
        let mut add = |basis: Basis, family, mapped: Option<IpAddr>| {
            first.get_or_insert(basis);
            grant.families.push(family);
            grant.mapped.extend(mapped);
        };
        for pattern in self.resolve.allow.iter().filter(|pattern| pattern.covers(name)) {
            add(Basis::Pattern(Arc::clone(pattern)), pattern.family(), pattern.mapped_address());
        }
        for rule in &self.outbound.allow {
            let is_its_name = rule.name().and_then(NamePattern::exact) == Some(name);
            if is_its_name || (rule.names_localhost() && is_localhost(name)) {
                add(Basis::Rule(Direction::Outbound, Arc::clone(rule)), rule.family(), rule.mapped_address());
            }
        }
        first.map(|basis| Allowed { target: grant, basis }).ok_or(Reason::NoRule)
    }

    /// May the guest have this address as an answer to a lookup, and does the answer open it for the rules on that name?
    ///
    /// The owner of a name can point it anywhere. So an address outside the public internet is only returned if a rule on
    /// addresses covers it, and then opens nothing more than that rule.
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
        if is_known { Ok(false) } else { Err(Reason::SpecialAddress(address, special)) }
    }
}

/// The rule that denies something, as the reason for it.
pub(crate) fn denied(direction: Direction, rule: &Rule) -> Reason {
    Reason::Denied(of_direction("deny", direction, rule))
}

fn allowed<T>(target: T, direction: Direction, rule: &Arc<Rule>) -> Allowed<T> {
    Allowed { target, basis: Basis::Rule(direction, Arc::clone(rule)) }
}

/// A local address in the one spelling that it has for the system. A scope stays.
fn canonical(local: SocketAddr) -> SocketAddr {
    match local.ip().to_canonical() {
        IpAddr::V4(address) => SocketAddr::new(address.into(), local.port()),
        IpAddr::V6(_) => local,
    }
}
