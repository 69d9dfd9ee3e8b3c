//! Finding 12: metadata addresses of clouds, in each spelling. Nothing is sent: only the policy is asked.

use std::net::{IpAddr, SocketAddr};

use wasocket_host::policy::{Attempt, Network, Policy, Reason};

fn network(policy: &str) -> Network {
    Network::new(Policy::from_toml(policy).unwrap(), |_| ())
}

const OPEN: &str = "[allow]\noutbound = ['tcp://*:*', 'udp://*:*']";

const METADATA: [&str; 12] = [
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "fd00:ec2::254",
    "fd00:ec2::23",
    "fd00:c1::a9fe:a9fe",
    "fd00:a9fe:a9fe::1",
    "fd00:100::100:200",
    "::ffff:169.254.169.254",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1:a9fe:a9:fe00::",
    "2002:a9fe:a9fe::1",
];

fn attempts(text: &str) -> [Attempt; 2] {
    let remote = SocketAddr::new(text.parse::<IpAddr>().unwrap(), 80);
    [Attempt::Connect(remote), Attempt::Send(remote)]
}

#[test]
fn metadata_is_closed_under_rules_that_open_all() {
    for policy in [
        OPEN,
        "mode = 'report'",
        "[allow]\noutbound = ['tcp://169.0.0.0/8:*', 'tcp://[fd00::/8]:*', 'tcp://*:*', 'udp://*:*']",
    ] {
        let network = network(policy);
        for attempt in METADATA.into_iter().flat_map(attempts) {
            let denial = network.check(attempt.clone()).expect_err(&format!("{policy}: {attempt}"));
            assert!(matches!(denial.reason, Reason::Metadata), "{policy}: {attempt}: {denial:?}");
        }
    }
}

/// A rule on the address itself opens it, and the neighbours of all of them are open where all is.
#[test]
fn what_is_no_metadata_is_open() {
    let network = network(OPEN);
    for text in [
        "169.254.169.253",
        "169.254.1.1",
        "fd00:ec3::254",
        "fd00:c2::1",
        "fd00:a9fe::1",
        "100.100.100.201",
        "127.0.0.1",
        "::1",
    ] {
        for attempt in attempts(text) {
            network.check(attempt.clone()).unwrap_or_else(|denial| panic!("{attempt}: {denial:?}"));
        }
    }
    for literal in ["169.254.169.254", "fd00:c1::a9fe:a9fe"] {
        let text = if literal.contains(':') { format!("[{literal}]") } else { literal.to_owned() };
        let network = self::network(&format!("[allow]\noutbound = ['tcp://{text}:80']"));
        network.check(Attempt::Connect(SocketAddr::new(literal.parse().unwrap(), 80))).unwrap();
        assert!(network.check(Attempt::Connect(SocketAddr::new(literal.parse().unwrap(), 81))).is_err());
    }
}
