//! The policy against hand-picked addresses, chosen as an attacker would.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use wasmtime_wasi::sockets::SocketAddrUse;

use super::{Attempt, LookupError, NamePattern, Network, Policy, Rule};

mod events;
mod floor;
mod local;
mod matrix;
mod name_server;
mod names;
mod pins;
mod resolver;
mod search;

struct Guest {
    network: Network,
    reports: Arc<Mutex<Vec<String>>>,
}

impl Guest {
    fn new(policy: Policy) -> Self {
        let reports = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&reports);
        let network = Network::new(policy, move |denial| sink.lock().unwrap().push(denial.to_string()));
        Self { network, reports }
    }

    fn with_outbound(rules: &[&str]) -> Self {
        let mut policy = Policy::new();
        for text in rules {
            policy.allow_outbound(rule(text));
        }
        Self::new(policy)
    }

    fn with_inbound(rules: &[&str]) -> Self {
        let mut policy = Policy::new();
        for text in rules {
            policy.allow_inbound(rule(text));
        }
        Self::new(policy)
    }

    fn may(&self, purpose: SocketAddrUse, address: &str) -> bool {
        self.network.permits(address.parse::<SocketAddr>().unwrap(), purpose)
    }

    fn connects(&self, address: &str) -> bool {
        self.network.admit_connect(address.parse().unwrap()).is_ok()
    }

    fn reports(&self) -> Vec<String> {
        self.reports.lock().unwrap().clone()
    }
}

fn rule(text: &str) -> Rule {
    Rule::parse(text).unwrap()
}

#[test]
fn without_rules_nothing_is_reachable() {
    let guest = Guest::new(Policy::new());
    for purpose in [
        SocketAddrUse::TcpConnect,
        SocketAddrUse::TcpBind,
        SocketAddrUse::TcpListen,
        SocketAddrUse::UdpBind,
        SocketAddrUse::UdpSend,
        SocketAddrUse::UdpReceive,
    ] {
        assert!(!guest.may(purpose, "127.0.0.1:80"), "{purpose:?}");
        assert!(!guest.may(purpose, "[::1]:80"), "{purpose:?}");
    }
}

#[test]
fn a_rule_covers_its_address_protocol_and_ports_and_nothing_else() {
    let guest = Guest::with_outbound(&["tcp://127.0.0.1:8080,9000-9002"]);
    for address in ["127.0.0.1:8080", "127.0.0.1:9000", "127.0.0.1:9002", "[::ffff:127.0.0.1]:8080", "0.0.0.0:8080"] {
        assert!(guest.connects(address), "{address}");
    }
    for address in
        ["127.0.0.1:8081", "127.0.0.2:8080", "[::1]:8080", "127.0.0.1:9003", "[::127.0.0.1]:8080", "[::]:8080"]
    {
        assert!(!guest.connects(address), "{address}");
    }
    assert!(!guest.may(SocketAddrUse::UdpSend, "127.0.0.1:8080"));
}

#[test]
fn networks_end_where_their_prefix_ends() {
    let guest = Guest::with_outbound(&["tcp://10.0.0.0/8:53", "tcp://[fd00::/8]:53", "tcp://192.168.1.0/25:*"]);
    for address in ["10.0.0.0:53", "10.255.255.255:53", "[fdff:ffff::1]:53", "192.168.1.127:1", "[::ffff:10.1.2.3]:53"]
    {
        assert!(guest.connects(address), "{address}");
    }
    for address in
        ["11.0.0.0:53", "9.255.255.255:53", "[fe00::1]:53", "192.168.1.128:1", "[::10.1.2.3]:53", "10.0.0.1:54"]
    {
        assert!(!guest.connects(address), "{address}");
    }
}

#[test]
fn localhost_is_all_of_loopback_in_both_families() {
    let guest = Guest::with_outbound(&["tcp://localhost:80"]);
    for address in ["127.0.0.1:80", "127.255.255.255:80", "[::1]:80", "[::ffff:127.0.0.1]:80", "[::]:80", "0.0.0.0:80"]
    {
        assert!(guest.connects(address), "{address}");
    }
    for address in ["128.0.0.1:80", "126.255.255.255:80", "[::2]:80", "[::ffff:0:127.0.0.1]:80", "[64:ff9b::7f00:1]:80"]
    {
        assert!(!guest.connects(address), "{address}");
    }
}

#[test]
fn deny_wins_whatever_the_spelling() {
    let mut policy = Policy::new();
    policy.allow_outbound(rule("tcp://*:*")).allow_inbound(rule("tcp://*:*"));
    policy.deny_outbound(rule("tcp://localhost:*")).deny_outbound(rule("tcp://169.254.169.254:80"));
    policy.deny_inbound(rule("tcp://127.0.0.1:22"));
    let guest = Guest::new(policy);
    for address in [
        "127.0.0.1:80",
        "[::1]:80",
        "[::ffff:127.0.0.1]:80",
        "0.0.0.0:80",
        "[::]:80",
        "[::ffff:0.0.0.0]:80",
        "169.254.169.254:80",
        "[::ffff:169.254.169.254]:80",
    ] {
        assert!(!guest.connects(address), "{address}");
    }
    assert!(guest.connects("192.0.2.1:80"));
    // The wildcard address would make the denied one reachable.
    assert!(!guest.may(SocketAddrUse::TcpBind, "0.0.0.0:22"));
    assert!(!guest.may(SocketAddrUse::TcpListen, "0.0.0.0:22"));
    assert!(guest.may(SocketAddrUse::TcpBind, "[::]:22"), "IPv6 sockets take no IPv4 connections in WASI");
    assert!(guest.may(SocketAddrUse::TcpBind, "0.0.0.0:23"));
}

#[test]
fn outbound_says_nothing_about_inbound_and_the_other_way_round() {
    let guest = Guest::with_outbound(&["tcp://*:*", "udp://*:*"]);
    assert!(!guest.may(SocketAddrUse::TcpBind, "127.0.0.1:80"));
    assert!(!guest.may(SocketAddrUse::TcpListen, "0.0.0.0:40000"));
    assert!(!guest.may(SocketAddrUse::UdpBind, "127.0.0.1:53"));
    let guest = Guest::with_inbound(&["tcp://*:*", "udp://*:*"]);
    assert!(!guest.connects("127.0.0.1:80"));
    assert!(!guest.may(SocketAddrUse::UdpSend, "127.0.0.1:53"));
}

#[test]
fn each_denial_is_reported_once_and_names_its_remedy() {
    let guest = Guest::new(Policy::new());
    for _ in 0..3 {
        guest.connects("127.0.0.1:8080");
    }
    guest.may(SocketAddrUse::UdpSend, "[fe80::1%3]:53");
    guest.may(SocketAddrUse::TcpBind, "0.0.0.0:80");
    assert_eq!(
        guest.reports(),
        [
            "connect to tcp 127.0.0.1:8080; allow it with --allow-outbound tcp://127.0.0.1:8080",
            "send to udp [fe80::1]:53; allow it with --allow-outbound 'udp://[fe80::1]:53'",
            "bind to tcp 0.0.0.0:80; allow it with --allow-inbound tcp://0.0.0.0:80",
        ]
    );
}

#[test]
fn every_remedy_is_a_rule_that_works() {
    for (purpose, address) in [
        (SocketAddrUse::TcpConnect, "[::1]:8080"),
        (SocketAddrUse::TcpBind, "0.0.0.0:80"),
        (SocketAddrUse::TcpListen, "127.0.0.1:40000"),
        (SocketAddrUse::UdpBind, "[::1]:53"),
        (SocketAddrUse::UdpSend, "255.255.255.255:67"),
        (SocketAddrUse::UdpReceive, "192.0.2.1:4000"),
    ] {
        let guest = Guest::new(Policy::new());
        assert!(!guest.may(purpose, address));
        let report = guest.reports().remove(0);
        let (flag, text) = report.split_once("allow it with ").unwrap().1.split_once(' ').unwrap();
        let mut policy = Policy::new();
        match flag {
            "--allow-outbound" => policy.allow_outbound(rule(text.trim_matches('\''))),
            "--allow-inbound" => policy.allow_inbound(rule(text.trim_matches('\''))),
            _ => panic!("{report}"),
        };
        assert!(Guest::new(policy).may(purpose, address), "{report}");
    }
}

#[test]
fn a_rule_that_forbids_is_named() {
    let mut policy = Policy::new();
    policy.allow_everything().unwrap().deny_outbound(rule("tcp://10.0.0.0/8:*"));
    let guest = Guest::new(policy);
    for address in ["10.1.1.1:80", "[64:ff9b::10.1.1.1]:80", "[2002:a01:101::]:80", "[::10.1.1.1]:80"] {
        assert!(!guest.connects(address), "{address}");
    }
    assert_eq!(guest.reports()[..1], ["connect to tcp 10.1.1.1:80; --deny-outbound tcp://10.0.0.0/8:* forbids it"]);
}

#[test]
fn reports_are_bounded() {
    let guest = Guest::new(Policy::new());
    for port in 1..1000 {
        assert!(!guest.connects(&format!("127.0.0.1:{port}")));
    }
    assert_eq!(guest.reports().len(), 100);
}

#[test]
fn malformed_rules_say_what_would_be_right() {
    for (text, part) in [
        ("", "tcp://, udp:// or unix://"),
        ("127.0.0.1:80", "tcp://, udp:// or unix://"),
        ("http://127.0.0.1:80", "not \"http\""),
        ("TCP://127.0.0.1:80", "not \"TCP\""),
        ("tcp://127.0.0.1", "port is missing"),
        ("tcp://127.0.0.1:", "no port"),
        ("tcp://:80", "host is missing"),
        ("tcp://[::1]", "port is missing"),
        ("tcp://[::1]80", "port is missing"),
        ("tcp://::1", "brackets"),
        ("tcp://::1:80", "brackets"),
        ("tcp://[127.0.0.1]:80", "no address"),
        ("tcp://a->10.0.0.0/8:80", "one address"),
        ("tcp://a->b:80", "one address"),
        ("tcp://*->10.0.0.1:80", "a name"),
        ("tcp://*.a.test->10.0.0.1:80", "a name"),
        ("tcp://10.0.0.2->10.0.0.1:80", "a name"),
        ("tcp://a->0.0.0.0:80", "wildcard"),
        ("tcp://a->10.0.0.1:80#ipv6-only", "family"),
        ("tcp://*:80,81->8080", "one port"),
        ("tcp://*:*->8080", "one port"),
        ("tcp://*:80->0", "no port to map to"),
        ("tcp://*:80->65536", "no port to map to"),
        ("udp://*:80->8080", "udp cannot be mapped"),
        ("tcp://a:80#ipv5-only", "ipv4-only or ipv6-only"),
        ("tcp://a#ipv4-only:80", "ipv4-only or ipv6-only"),
        ("unix://run/db", "absolute path"),
        ("unix:///run/../db", "absolute path"),
        ("tcp://[10.0.0.0/8]:80", "brackets"),
        ("tcp://fd00::/8:80", "brackets"),
        ("tcp://[::1:80", "\"[\" without its \"]\""),
        ("tcp://10.0.0.1/8:80", "did you mean 10.0.0.0/8"),
        ("tcp://10.0.0.0/33:80", "no network"),
        ("tcp://exa_mple..com:80", "no host name"),
        ("tcp://a b:80", "no host name"),
        ("tcp://*example.com:80", "stands alone"),
        ("tcp://127.1:80", "an address, not a name; write 127.0.0.1"),
        ("tcp://2130706433:80", "write 127.0.0.1"),
        ("tcp://0177.0.0.1:80", "write 127.0.0.1"),
        ("tcp://0x7f000001:80", "write 127.0.0.1"),
        ("tcp://127.0.0.1:80 ", "no port"),
        ("tcp://[::ffff:10.0.0.0/104]:80", "as such"),
    ] {
        let error = Rule::parse(text).unwrap_err().to_string();
        assert!(error.contains(part), "{text:?} gave: {error}");
        assert!(error.contains(&format!("{text:?}")) && error.contains("looks like tcp://"), "{error}");
    }
}

#[test]
fn rules_display_as_written() {
    for text in [
        "tcp://*:*",
        "udp://[fd00::/8]:53,80-90",
        "tcp://localhost:0",
        "tcp://[::ffff:10.0.0.1]:80",
        "tcp://db->10.0.0.1:5432->5433#ipv4-only",
        "unix:///a->/b",
    ] {
        assert_eq!(rule(text).to_string(), text);
    }
}

fn resolve(guest: &Guest, name: &str) -> Result<Vec<std::net::IpAddr>, LookupError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(guest.network.resolve(name))
}

#[test]
fn names_are_looked_up_only_where_allowed() {
    let guest = Guest::new(Policy::new());
    for name in ["example.com", "EXAMPLE.com.", "localhost", "bücher.example"] {
        assert!(matches!(resolve(&guest, name), Err(LookupError::Denied(_))), "{name}");
    }
    assert_eq!(
        guest.reports(),
        [
            "look up example.com; allow it with --allow-resolve example.com",
            "look up localhost; allow it with --allow-resolve localhost",
            "look up xn--bcher-kva.example; allow it with --allow-resolve xn--bcher-kva.example",
        ]
    );
}

#[test]
fn addresses_need_no_lookup() {
    let guest = Guest::new(Policy::new());
    for (name, address) in [("127.0.0.1", "127.0.0.1"), ("::1", "::1"), ("[::1]", "::1"), ("0x7f.1", "127.0.0.1")] {
        assert_eq!(resolve(&guest, name), Ok(vec![address.parse().unwrap()]), "{name}");
    }
    for name in ["", "a b", "exa\0mple.com", "a/b", "1.2.3.4.5"] {
        assert_eq!(resolve(&guest, name), Err(LookupError::Malformed), "{name:?}");
    }
    assert!(guest.reports().is_empty());
}

#[test]
fn localhost_resolves_under_a_rule_on_localhost() {
    let guest = Guest::with_outbound(&["tcp://localhost:80"]);
    let addresses = resolve(&guest, "localhost").unwrap();
    assert!(!addresses.is_empty() && addresses.iter().all(std::net::IpAddr::is_loopback), "{addresses:?}");
}

#[test]
fn a_pattern_allows_what_it_covers() {
    let mut policy = Policy::new();
    policy.allow_resolve(NamePattern::parse("*.example.com").unwrap());
    let guest = Guest::new(policy);
    assert!(matches!(resolve(&guest, "example.com"), Err(LookupError::Denied(_))));
    assert!(matches!(resolve(&guest, "example.com.evil.test"), Err(LookupError::Denied(_))));
}

#[test]
fn a_rule_that_denies_the_wildcard_address_denies_it() {
    let mut policy = Policy::new();
    policy.allow_everything().unwrap().deny_outbound(Rule::parse_deny("tcp://0.0.0.0:*").unwrap());
    let network = Network::builder(policy).build();
    let connects = |address: &str| network.check(Attempt::Connect(address.parse().unwrap())).is_ok();
    assert!(!connects("0.0.0.0:80") && !connects("[::ffff:0.0.0.0]:80") && !connects("[64:ff9b::]:80"));
    assert!(connects("127.0.0.1:80"));
}
