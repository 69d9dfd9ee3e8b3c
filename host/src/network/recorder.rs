//! The smallest policy that allows what a program did.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex};

use crate::policy::address::{fold, fold_destination};
use crate::policy::denial::{Attempt, Denial, Reason};
use crate::policy::name_pattern::NamePattern;
use crate::policy::remedy::bracketed;
use crate::policy::rule::{Protocol, Rule};
use crate::policy::rules::{Mode, Policy};
use crate::sync::locked;

/// Collects what would have been refused under a policy that only reports; clones share it.
#[derive(Clone, Debug, Default)]
pub struct PolicyRecorder(Arc<Mutex<Needs>>);

/// What is noted was in a rule that covers it and nothing else.
#[derive(Debug, Default)]
struct Needs {
    /// Ports by protocol and host, as a rule writes them.
    outbound: BTreeMap<(Protocol, String), BTreeSet<u16>>,
    inbound: BTreeMap<(Protocol, String), BTreeSet<u16>>,
    unix_outbound: BTreeSet<String>,
    unix_inbound: BTreeSet<String>,
    names: BTreeSet<String>,
}

impl PolicyRecorder {
    /// Nothing recorded yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes what would have been refused. What a learning program may not do either is not noted, nor what no rule could
    /// allow without allowing more.
    pub fn note(&self, denial: &Denial) {
        if !denial.permitted {
            return;
        }
        let Some(remedy) = denial.attempt.remedy(denial.name.as_deref()) else { return };
        let mut needs = locked(&self.0);
        if needs.len() >= MOST {
            return;
        }
        match &denial.attempt {
            Attempt::Connect(remote) => needs.reach(Protocol::Tcp, *remote, denial.name.as_deref()),
            Attempt::Send(remote) => needs.reach(Protocol::Udp, *remote, denial.name.as_deref()),
            // Replies come from peers we sent to; anyone else is covered by the inbound rule.
            Attempt::Receive(_) => (),
            Attempt::Bind(protocol, local) => needs.serve(*protocol, *local),
            Attempt::Listen(local) => needs.listen(*local),
            // An answer that leads to a private address needs a rule on that address, which connecting teaches.
            Attempt::Resolve(_) if denial.reason != Reason::NoRule => (),
            Attempt::Resolve(_) | Attempt::Reverse(_) => _ = needs.names.insert(remedy.rule),
            Attempt::UnixConnect(_) => _ = needs.unix_outbound.insert(remedy.rule),
            Attempt::UnixBind(_) => _ = needs.unix_inbound.insert(remedy.rule),
        }
    }

    /// `base`, with the rules that the program would have needed beside it.
    pub fn policy(&self, mut base: Policy) -> Policy {
        let needs = locked(&self.0);
        base.set_mode(Mode::Enforce);
        let reached: BTreeSet<&str> = needs.outbound.keys().map(|(_, host)| host.as_str()).collect();
        let outbound = needs.outbound.iter().map(rule).chain(needs.unix_outbound.iter().cloned());
        for rule in outbound.filter_map(|text| Rule::parse_outbound(&text).ok()) {
            base.allow_outbound(rule);
        }
        let inbound = needs.inbound.iter().map(rule).chain(needs.unix_inbound.iter().cloned());
        for rule in inbound.filter_map(|text| Rule::parse_inbound(&text).ok()) {
            base.allow_inbound(rule);
        }
        // A rule on a name allows looking it up.
        for name in needs.names.iter().filter(|name| !reached.contains(name.as_str())) {
            base.allow_resolve_text(name);
        }
        base
    }
}

impl Policy {
    fn allow_resolve_text(&mut self, name: &str) {
        if let Ok(pattern) = NamePattern::parse(name) {
            self.allow_resolve(pattern);
        }
    }
}

impl Needs {
    fn len(&self) -> usize {
        self.outbound.len() + self.inbound.len() + self.names.len() + self.unix_outbound.len() + self.unix_inbound.len()
    }

    fn reach(&mut self, protocol: Protocol, remote: SocketAddr, name: Option<&str>) {
        let host = match name {
            // What `localhost` and private names lead to is open to rules on addresses alone.
            Some(name) => name.to_owned(),
            None => bracketed(fold_destination(remote.ip())),
        };
        self.outbound.entry((protocol, host)).or_default().insert(remote.port());
    }

    fn serve(&mut self, protocol: Protocol, local: SocketAddr) {
        self.inbound.entry((protocol, host(local.ip()))).or_default().insert(local.port());
    }

    /// A port that binding was not noted for was chosen by the system.
    fn listen(&mut self, local: SocketAddr) {
        let ports = self.inbound.entry((Protocol::Tcp, host(local.ip()))).or_default();
        if !ports.contains(&local.port()) {
            ports.insert(0);
        }
    }
}

fn rule(((protocol, host), ports): (&(Protocol, String), &BTreeSet<u16>)) -> String {
    let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
    format!("{protocol}://{host}:{}", ports.join(","))
}

fn host(address: IpAddr) -> String {
    bracketed(fold(address))
}

/// How many rules are learned; a program that scans a network is not worth a policy.
const MOST: usize = 4096;

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::*;
    use crate::policy::{Mode, Network, Resolver};

    /// A network that refuses nothing, and the recorder of what it would have refused.
    fn recording() -> (PolicyRecorder, Network) {
        let recorder = PolicyRecorder::new();
        let mut policy = Policy::new();
        policy.set_mode(Mode::Report);
        let noted = recorder.clone();
        (recorder, Network::builder(policy).audit_denials(move |denial| noted.note(denial)).build())
    }

    #[test]
    fn what_no_rule_is_on_alone_is_left_out() {
        let (recorder, network) = recording();
        for attempt in [
            Attempt::Resolve("$({touch,pwned}).evil.test".to_owned()),
            Attempt::Resolve("*".to_owned()),
            Attempt::Resolve("a.test->10.0.0.1".to_owned()),
            Attempt::UnixConnect("/tmp/a->/var/run/docker.sock".into()),
            Attempt::UnixBind("/tmp/a->/var/run/docker.sock".into()),
            Attempt::UnixConnect("/var/run/*".into()),
            Attempt::UnixConnect("/run/\u{202e}kcos".into()),
            Attempt::UnixConnect(OsStr::from_bytes(b"/run/\xff").into()),
            Attempt::UnixConnect("/tmp/x;touch pwned3;".into()),
            Attempt::UnixConnect("/run/db".into()),
            Attempt::Connect("0.0.0.0:80".parse().unwrap()),
        ] {
            assert_eq!(network.check(attempt), Ok(()));
        }
        let through = |name: &str| Denial {
            attempt: Attempt::Connect("8.8.8.8:80".parse().unwrap()),
            reason: Reason::NoRule,
            name: Some(name.to_owned()),
            permitted: true,
        };
        recorder.note(&through("*"));
        recorder.note(&through("a.test"));
        assert_eq!(
            recorder.policy(Policy::new()).to_toml(),
            "[allow]\noutbound = [\n    \"tcp://127.0.0.1:80\",\n    \"tcp://a.test:80\",\n    \
             \"unix:///run/db\",\n    \"unix:///tmp/x;touch pwned3;\",\n]\n"
        );
    }

    #[test]
    fn what_was_learned_allows_what_was_done_and_no_more() {
        let attempts = || {
            [
                Attempt::Connect("8.8.8.8:80".parse().unwrap()),
                Attempt::Connect("8.8.8.8:443".parse().unwrap()),
                Attempt::Connect("[::1]:80".parse().unwrap()),
                Attempt::Send("8.8.8.8:53".parse().unwrap()),
                Attempt::Bind(Protocol::Tcp, "127.0.0.1:0".parse().unwrap()),
                Attempt::Listen("127.0.0.1:40000".parse().unwrap()),
                Attempt::Bind(Protocol::Udp, "0.0.0.0:53".parse().unwrap()),
                Attempt::Resolve("a.test".to_owned()),
                Attempt::UnixConnect("/run/db".into()),
                Attempt::UnixBind("/run/app".into()),
            ]
        };
        let (recorder, network) = recording();
        for attempt in attempts() {
            assert!(network.check(attempt).is_ok());
        }
        assert!(network.check(Attempt::Connect("169.254.169.254:80".parse().unwrap())).is_err());
        let learned = recorder.policy(Policy::new());
        assert_eq!(
            learned.to_toml(),
            "[allow]\noutbound = [\n    \"tcp://8.8.8.8:80,443\",\n    \"tcp://[::1]:80\",\n    \"udp://8.8.8.8:53\",\n    \
             \"unix:///run/db\",\n]\ninbound = [\n    \"tcp://127.0.0.1:0\",\n    \"udp://0.0.0.0:53\",\n    \
             \"unix:///run/app\",\n]\nresolve = [\n    \"a.test\",\n]\n"
        );
        let network = Network::builder(learned).resolver(Resolver::system()).build();
        for attempt in attempts() {
            assert_eq!(network.check(attempt), Ok(()));
        }
        assert!(network.check(Attempt::Connect("8.8.8.8:81".parse().unwrap())).is_err());
    }
}
