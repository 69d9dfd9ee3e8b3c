//! Every use × family × transport × overlap of rules, decided again by a plain reading of what the rules say.

use std::net::SocketAddr;

use super::super::{Attempt, Network, Policy, Protocol, Rule};

/// A rule's text, and what it covers by a plain reading.
type Row = (&'static str, fn(Protocol, SocketAddr) -> bool);

const RULES: &[Row] = &[
    ("tcp://*:*", |protocol, _| protocol == Protocol::Tcp),
    ("udp://*:*", |protocol, _| protocol == Protocol::Udp),
    ("tcp://127.0.0.1:80", |protocol, address| protocol == Protocol::Tcp && address == text("127.0.0.1:80")),
    ("tcp://127.0.0.0/8:80-81", |protocol, address| {
        protocol == Protocol::Tcp
            && address.ip().is_ipv4()
            && address.ip().is_loopback()
            && matches!(address.port(), 80 | 81)
    }),
    ("udp://[::1]:*", |protocol, address| protocol == Protocol::Udp && address.ip() == text("[::1]:0").ip()),
    ("tcp://localhost:81#ipv6-only", |protocol, address| {
        protocol == Protocol::Tcp && address.ip() == text("[::1]:0").ip() && address.port() == 81
    }),
];

const ADDRESSES: &[&str] = &[
    "127.0.0.1:80",
    "127.0.0.1:81",
    "127.0.0.1:82",
    "127.0.0.2:80",
    "[::1]:80",
    "[::1]:81",
    "8.8.8.8:80",
    "[2606::1]:81",
];

fn text(address: &str) -> SocketAddr {
    address.parse().unwrap()
}

/// The subsets of the rules, as bits.
fn subsets() -> std::ops::Range<usize> {
    0..1 << RULES.len()
}

fn chosen(subset: usize) -> impl Iterator<Item = &'static Row> {
    RULES.iter().enumerate().filter(move |(index, _)| subset & (1 << index) != 0).map(|(_, rule)| rule)
}

/// Both directions, both transports, both families, every pair of a set that allows and a set that denies, in both orders.
#[test]
fn every_overlap_is_decided_as_the_rules_say() {
    let mut decisions = 0;
    for (allow, deny) in subsets().flat_map(|allow| subsets().map(move |deny| (allow, deny))) {
        // Sets that share a rule say nothing that the rest of the matrix does not.
        if allow & deny != 0 {
            continue;
        }
        let mut policy = Policy::new();
        let mut reversed = Policy::new();
        let (mut allowing, mut denying): (Vec<_>, Vec<_>) = (chosen(allow).collect(), chosen(deny).collect());
        for policy in [&mut policy, &mut reversed] {
            for (rule, _) in &allowing {
                policy.allow_outbound(Rule::parse_outbound(rule).unwrap());
                policy.allow_inbound(Rule::parse_inbound(rule).unwrap());
            }
            for (rule, _) in &denying {
                policy.deny_outbound(Rule::parse_deny(rule).unwrap());
                policy.deny_inbound(Rule::parse_deny(rule).unwrap());
            }
            allowing.reverse();
            denying.reverse();
        }
        let networks = [policy, reversed].map(|policy| Network::builder(policy).build());
        for address in ADDRESSES.iter().map(|address| text(address)) {
            for (protocol, attempt) in [
                (Protocol::Tcp, Attempt::Connect(address)),
                (Protocol::Tcp, Attempt::Bind(Protocol::Tcp, address)),
                (Protocol::Udp, Attempt::Send(address)),
                (Protocol::Udp, Attempt::Bind(Protocol::Udp, address)),
            ] {
                let covers = |(_, covers): &&Row| covers(protocol, address);
                let expected = chosen(allow).any(|rule| covers(&rule)) && !chosen(deny).any(|rule| covers(&rule));
                for network in &networks {
                    assert_eq!(
                        network.check(attempt.clone()).is_ok(),
                        expected,
                        "{attempt:?} under allow {:?}, deny {:?}",
                        chosen(allow).map(|rule| rule.0).collect::<Vec<_>>(),
                        chosen(deny).map(|rule| rule.0).collect::<Vec<_>>()
                    );
                    decisions += 1;
                }
            }
        }
    }
    assert_eq!(decisions, 3_usize.pow(6) * 8 * 4 * 2);
}

/// `AF_UNIX`: connecting and binding × the rules on them; a rule on one direction says nothing of the other, nor of TCP.
#[test]
fn unix_paths_are_decided_as_the_rules_say() {
    for (allow, deny, path, connects) in [
        ("unix:///run/db", None, "/run/db", true),
        ("unix:///run/db", None, "/run/other", false),
        ("unix:///run/*", Some("unix:///run/db"), "/run/db", false),
        ("unix:///run/*", Some("unix:///run/db"), "/run/other", true),
        ("unix:///tmp/*->/run/*", Some("unix:///run/db"), "/tmp/db", false),
        ("unix:///tmp/*->/run/*", Some("unix:///run/db"), "/tmp/other", true),
        ("unix:///tmp/*->/run/*", None, "/run/db", false),
        ("tcp://*:*", None, "/run/db", false),
    ] {
        let mut policy = Policy::new();
        policy.allow_outbound(Rule::parse_outbound(allow).unwrap());
        if let Some(deny) = deny {
            policy.deny_outbound(Rule::parse_deny(deny).unwrap());
        }
        let network = Network::builder(policy).build();
        assert_eq!(network.check(Attempt::UnixConnect(path.into())).is_ok(), connects, "{allow} {deny:?} {path}");
        assert!(network.check(Attempt::UnixBind(path.into())).is_err(), "{allow}");
        assert_eq!(network.check(Attempt::Connect(text("127.0.0.1:80"))).is_ok(), allow.starts_with("tcp"));
    }
}
