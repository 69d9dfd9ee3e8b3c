//! Finding 14: the owner of a name decides how many addresses it has; the host decides how many of them count.

use std::net::{IpAddr, Ipv4Addr};

use super::fixture::{Guest, Turn, runtime};
use super::name_server::{NameServer, Say};
use super::way::WAYS;

/// As many as one message has room for, and each an address of this machine.
const MANY: u32 = 2000;
/// How many count.
const COUNTED: usize = 64;

fn addresses(count: u32) -> Vec<IpAddr> {
    (1..=count).map(|number| Ipv4Addr::from_bits((127 << 24) + number).into()).collect()
}

/// What came of looking up a name with so many addresses: the answer, how many decisions there were, and how many addresses
/// were told of.
fn looked_up(policy: &str, count: u32) -> Vec<(String, usize, usize)> {
    runtime().block_on(async {
        let server = NameServer::start().await;
        server.say("huge.test", Say::Addresses(addresses(count), 300));
        let mut outcomes = Vec::new();
        for way in WAYS {
            let guest = Guest::new(&format!("dns = '{}'\n{policy}", server.address));
            let outcome = guest.perform_with(way.program(), &["resolve huge.test", "resolve huge.test"]).await;
            assert_eq!(outcome.lines[0], outcome.lines[1], "the cache says the same: {way:?}");
            let told = guest.events().iter().filter_map(|event| Some(event.addresses.as_ref()?.len())).max();
            outcomes.push((outcome.lines[0].clone(), outcome.decisions.len(), told.unwrap_or(0)));
        }
        outcomes
    })
}

fn count(line: &str) -> usize {
    line.split_whitespace().filter(|word| word.starts_with("127.")).count()
}

#[test]
fn of_thousands_of_addresses_some_count() {
    let _turn = Turn::take();
    for policy in [
        "mode = 'report'",
        "[allow]\nresolve = ['*.test']\noutbound = ['tcp://127.0.0.0/8:*']",
        "[allow]\nresolve = ['*.test']\noutbound = ['tcp://*:*']",
    ] {
        for (line, decisions, told) in looked_up(policy, MANY) {
            assert_eq!((count(&line), told), (COUNTED, COUNTED), "{policy}");
            // Twice: one about the name, and one about each address at most.
            assert!(decisions <= 2 * (1 + COUNTED), "{policy}: {decisions}");
        }
        for (line, decisions, told) in looked_up(policy, 3) {
            assert_eq!((count(&line), told), (3, 3), "{policy}");
            assert!(decisions >= 2, "{policy}: {decisions}");
        }
    }
}

/// Each that is withheld is told of, and that, too, is not thousands of lines.
#[test]
fn of_thousands_of_refused_addresses_some_are_told_of() {
    let _turn = Turn::take();
    let policy = "[allow]\nresolve = ['*.test']";
    for (line, decisions, _) in looked_up(policy, MANY) {
        assert_eq!((line.as_str(), decisions), ("access-denied", 2 * (1 + COUNTED)));
    }
    for (line, decisions, _) in looked_up(policy, 3) {
        assert_eq!((line.as_str(), decisions), ("access-denied", 2 * (1 + 3)));
    }
}
