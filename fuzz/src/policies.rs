//! Policies, as files and as options of the command line have them, and what can be asked of them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::choice;
use crate::policy::{Attempt, NamePattern, Network, Policy, Rule, Target};

/// The first byte says what the rest is.
pub fn check(input: &[u8]) {
    let Some((selector, rest)) = choice(input) else { return };
    let Ok(text) = std::str::from_utf8(rest) else { return };
    match selector % 4 {
        0 => file(text),
        1 => rule(text),
        2 => pattern(text),
        _ => target(text),
    }
}

/// A file is a policy, which says the same when it is written and read again; or it is wrong in one of its lines.
fn file(text: &str) {
    match Policy::from_toml(text) {
        Ok(policy) => {
            let written = policy.to_toml();
            let again = Policy::from_toml(&written).expect("what was written is a policy");
            assert_eq!(again.to_toml(), written);
            metadata(policy, || text.contains("unix"));
        }
        Err(error) => {
            assert!((1..=text.lines().count() + 1).contains(&error.line), "{error}");
            assert!(!error.problem.is_empty());
        }
    }
}

/// A rule is the text that it was read from, and a policy can hold it.
fn rule(text: &str) {
    for (parse, direction, list) in [
        (Rule::parse_outbound as fn(&str) -> _, "allow", "outbound"),
        (Rule::parse_inbound, "allow", "inbound"),
        (Rule::parse_deny, "deny", "outbound"),
    ] {
        let Ok(rule) = parse(text) else { continue };
        assert_eq!(rule.to_string(), text);
        let mut policy = Policy::new();
        match (direction, list) {
            ("deny", _) => policy.deny_outbound(rule),
            (_, "inbound") => policy.allow_inbound(rule),
            _ => policy.allow_outbound(rule),
        };
        assert!(policy.to_toml().contains(list));
        metadata(policy, || {
            ["169.254.169.254", "fd00:ec2::254", "a9fe", "169.254"].iter().any(|part| text.contains(part))
        });
    }
}

/// What leads to a cloud's credentials is closed to all but rules on that one address.
fn metadata(policy: Policy, may_be_named: impl Fn() -> bool) {
    let network = Network::builder(policy).build();
    for address in [
        IpAddr::from(Ipv4Addr::new(169, 254, 169, 254)),
        Ipv4Addr::new(169, 254, 169, 254).to_ipv6_mapped().into(),
        Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0xa9fe, 0xa9fe).into(),
        Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254).into(),
    ] {
        for port in [80, 443] {
            let is_allowed = network.check(Attempt::Connect(SocketAddr::new(address, port))).is_ok();
            assert!(!is_allowed || may_be_named() || names_metadata(&network), "{address} is open");
        }
    }
}

/// Whether some rule may be on one of the addresses: their texts have these in them, however they are written.
fn names_metadata(network: &Network) -> bool {
    let text = format!("{network:?}").to_ascii_lowercase();
    ["169.254.169.254", "fd00", "a9fe"].iter().any(|part| text.contains(part))
}

fn pattern(text: &str) {
    if let Ok(pattern) = NamePattern::parse(text) {
        assert_eq!(pattern.to_string(), text);
        let mut policy = Policy::new();
        policy.allow_resolve(pattern);
        let written = policy.to_toml();
        assert_eq!(Policy::from_toml(&written).expect("what was written is a policy").to_toml(), written);
    }
}

/// What can be asked of a policy has an answer, in both directions, that is allowed where there are no rules against it.
fn target(text: &str) {
    let Ok(target) = Target::parse(text) else { return };
    let nothing = Policy::new();
    let explanation = nothing.explain_outbound(&target);
    assert!(!explanation.is_allowed, "{explanation}");
    assert!(!explanation.to_string().is_empty() && !nothing.explain_inbound(&target).to_string().is_empty());
}
