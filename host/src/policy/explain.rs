//! Which rule would decide, and why: `wasocket policy check`.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use super::address::{Special, fold};
use super::decide::{Allowed, Basis, Verdict};
use super::denial::{Attempt, Denial, Reason};
use super::name_pattern::{NamePattern, is_localhost, normal_name};
use super::remedy::Remedy;
use super::rule::{Protocol, Rule};
use super::rules::{Direction, Policy};

/// Something that a guest might try: `tcp://db.example.com:5432`, or a name to look up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Reaching an address.
    Address(Protocol, SocketAddr),
    /// Reaching a name, once it is looked up.
    Name(Protocol, String, u16),
    /// An `AF_UNIX` socket.
    Unix(PathBuf),
    /// Looking up a name.
    Lookup(String),
}

/// Why a text is no [`Target`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is nothing that can be checked; write tcp://db.example.com:5432, udp://[::1]:53, unix:///run/db.sock, or a name \
     to look up"
)]
pub struct TargetError(String);

impl Target {
    /// Reads a target.
    pub fn parse(text: &str) -> Result<Self, TargetError> {
        let error = || TargetError(text.to_owned());
        let Some((protocol, rest)) = text.split_once("://") else {
            return normal_name(text).map(Self::Lookup).map_err(|_| error());
        };
        let protocol = match protocol {
            "tcp" => Protocol::Tcp,
            "udp" => Protocol::Udp,
            "unix" => return Ok(Self::Unix(rest.into())),
            _ => return Err(error()),
        };
        if let Ok(address) = rest.parse() {
            return Ok(Self::Address(protocol, address));
        }
        let (name, port) = rest.rsplit_once(':').ok_or_else(error)?;
        let port = port.parse().map_err(|_| error())?;
        normal_name(name).map(|name| Self::Name(protocol, name, port)).map_err(|_| error())
    }
}

/// What would be decided, and why; it displays as a line or two.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Whether it would be allowed.
    pub is_allowed: bool,
    text: String,
}

impl fmt::Display for Explanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

impl Policy {
    /// What the policy says of something that a guest might try to reach.
    pub fn explain_outbound(&self, target: &Target) -> Explanation {
        match target {
            Target::Address(protocol, remote) => {
                let attempt = match protocol {
                    Protocol::Tcp => Attempt::Connect(*remote),
                    Protocol::Udp => Attempt::Send(*remote),
                };
                let verdict = self.judge_outbound(*protocol, *remote, &[]);
                let is_undecided = verdict.as_ref().err() == Some(&Reason::NoRule);
                let mut explanation = explain(attempt, verdict);
                if let Some(rule) = self.rule_by_name(*protocol, *remote).filter(|_| is_undecided) {
                    explanation.text.push_str(&format!(
                        "\n--allow-outbound {rule} would allow it after a lookup that has yielded this address"
                    ));
                }
                explanation
            }
            Target::Name(protocol, name, port) => self.explain_name(*protocol, name, *port),
            Target::Unix(path) => {
                explain(Attempt::UnixConnect(path.clone()), self.judge_unix(Direction::Outbound, path))
            }
            Target::Lookup(name) => explain(Attempt::Resolve(name.clone()), self.judge_name(name)),
        }
    }

    /// What the policy says of being reached there.
    pub fn explain_inbound(&self, target: &Target) -> Explanation {
        match target {
            Target::Address(protocol, local) => {
                explain(Attempt::Bind(*protocol, *local), self.judge_bind(*protocol, *local))
            }
            Target::Unix(path) => explain(Attempt::UnixBind(path.clone()), self.judge_unix(Direction::Inbound, path)),
            Target::Name(..) | Target::Lookup(_) => {
                let text = "refused: a program is reached at an address, not at a name".to_owned();
                Explanation { is_allowed: false, text }
            }
        }
    }

    /// Reaching a name is looking it up, and then reaching an address that nobody knows yet.
    fn explain_name(&self, protocol: Protocol, name: &str, port: u16) -> Explanation {
        let (grant, by) = match self.judge_name(name) {
            Ok(allowed) => (allowed.target, allowed.basis),
            Err(reason) => return explain::<()>(Attempt::Resolve(name.to_owned()), Err(reason)),
        };
        let addresses: Vec<IpAddr> = match &grant.mapped[..] {
            [] if is_localhost(name) => vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
            [] => UNKNOWN.into(),
            mapped => mapped.to_vec(),
        };
        let is_unknown = grant.mapped.is_empty() && !is_localhost(name);
        let names = [Arc::from(name)];
        let verdicts = addresses.iter().map(|address| self.judge_outbound(protocol, (*address, port).into(), &names));
        let mut verdicts: Vec<Verdict<SocketAddr>> = verdicts.collect();
        verdicts.sort_by_key(Result::is_err);
        let lookup = format!("{by} allows looking up {name}");
        match verdicts.into_iter().next() {
            Some(Ok(Allowed { basis, .. })) => {
                let which = if is_unknown { "the public addresses that it has" } else { "its address" };
                let text = format!("allowed: {lookup},\nand {basis} allows reaching {which}");
                Explanation { is_allowed: true, text }
            }
            Some(Err(Reason::NoRule)) | None => {
                let remedy = Remedy::for_name(protocol, name, port);
                let remedy = remedy.map_or_else(String::new, |remedy| format!("; allow it with {remedy}"));
                let text = format!("refused: {lookup},\nand no rule allows reaching it{remedy}");
                Explanation { is_allowed: false, text }
            }
            Some(Err(reason)) => {
                let attempt = Attempt::Resolve(name.to_owned());
                explain::<()>(attempt, Err(reason))
            }
        }
    }

    /// A rule on one name that covers an address, if that is what the name has.
    fn rule_by_name(&self, protocol: Protocol, remote: SocketAddr) -> Option<&Rule> {
        let covers = |rule: &&Arc<Rule>| {
            let name = rule.name().and_then(NamePattern::exact).map(Arc::from);
            let is_possible = rule.mapped_address().is_some() || Special::of(fold(remote.ip())).is_none();
            is_possible && name.is_some_and(|name| rule.covers_remote(protocol, remote, &[name]))
        };
        self.outbound.allow.iter().find(covers).map(Arc::as_ref)
    }
}

fn explain<T>(attempt: Attempt, verdict: Verdict<T>) -> Explanation {
    match verdict {
        Ok(Allowed { basis: Basis::Free, .. }) => {
            Explanation { is_allowed: true, text: format!("allowed: {attempt}; it needs no rule") }
        }
        Ok(Allowed { basis, .. }) => {
            Explanation { is_allowed: true, text: format!("allowed: {attempt}; {basis} allows it") }
        }
        Err(reason) => {
            let no_rule = if reason == Reason::NoRule { "no rule allows it: " } else { "" };
            let denial = Denial { attempt, reason, name: None, permitted: false };
            Explanation { is_allowed: false, text: format!("refused: {no_rule}{denial}") }
        }
    }
}

/// Placeholders for the addresses of an unresolved name: only `*` matches them (RFC 7600, RFC 6666).
const UNKNOWN: [IpAddr; 2] =
    [IpAddr::V4(Ipv4Addr::new(192, 0, 0, 8)), IpAddr::V6(Ipv6Addr::new(0x100, 0, 0, 0, 0, 0, 0, 1))];

#[cfg(test)]
mod tests {
    use super::*;

    fn policy() -> Policy {
        Policy::from_toml(
            "[allow]\noutbound = ['tcp://db.test:5432', 'tcp://*.cdn.test:443', 'tcp://in.test->10.0.0.5:80', 'udp://10.0.0.0/8:53',
             'unix:///run/db']\ninbound = ['tcp://localhost:80']\nresolve = ['*.cdn.test', 'look.test']\n
             [deny]\noutbound = ['udp://10.0.0.1:*']\nresolve = ['bad.cdn.test']",
        )
        .unwrap()
    }

    #[test]
    fn it_says_what_decides() {
        for (target, is_allowed, parts) in [
            (
                "tcp://db.test:5432",
                true,
                &["--allow-outbound tcp://db.test:5432 allows looking up", "public addresses"][..],
            ),
            ("tcp://db.test:5433", false, &["no rule allows reaching it", "--allow-outbound tcp://db.test:5433"]),
            ("tcp://a.cdn.test:443", true, &["--allow-resolve *.cdn.test", "--allow-outbound tcp://*.cdn.test:443"]),
            ("tcp://bad.cdn.test:443", false, &["--deny-resolve bad.cdn.test forbids it"]),
            ("tcp://in.test:80", true, &["tcp://in.test->10.0.0.5:80", "its address"]),
            ("tcp://other.test:80", false, &["look up other.test; allow it with --allow-resolve other.test"]),
            ("tcp://8.8.8.8:5432", false, &["no rule allows it", "tcp://db.test:5432 would allow it after a lookup"]),
            ("udp://10.0.0.2:53", true, &["--allow-outbound udp://10.0.0.0/8:53 allows it"]),
            ("udp://10.0.0.1:53", false, &["--deny-outbound udp://10.0.0.1:* forbids it"]),
            ("tcp://169.254.169.254:80", false, &["a cloud metadata address"]),
            ("unix:///run/db", true, &["unix:///run/db allows it"]),
            ("unix:///run/other", false, &["--allow-outbound unix:///run/other"]),
            ("look.test", true, &["--allow-resolve look.test"]),
            ("nolook.test", false, &["--allow-resolve nolook.test"]),
        ] {
            let explanation = policy().explain_outbound(&Target::parse(target).unwrap());
            assert_eq!(explanation.is_allowed, is_allowed, "{target}: {explanation}");
            for part in parts {
                assert!(explanation.to_string().contains(part), "{target}: {explanation}");
            }
        }
        let odd = policy().explain_outbound(&Target::parse("tcp://a;b.cdn.test:80").unwrap());
        assert!(odd.to_string().ends_with("and no rule allows reaching it"), "{odd}");
        let reached = |target| policy().explain_inbound(&Target::parse(target).unwrap()).is_allowed;
        assert!(reached("tcp://127.0.0.1:80"));
        assert!(!reached("tcp://0.0.0.0:80") && !reached("tcp://db.test:80") && !reached("unix:///run/db"));
    }

    #[test]
    fn what_is_no_target_is_refused() {
        for text in
            ["", "tcp://", "tcp://a.test", "tcp://a.test:99999", "http://a.test:80", "a b", "tcp://::1:80", "127.0.0.1"]
        {
            assert!(Target::parse(text).is_err(), "{text:?}");
        }
    }
}
