//! What holds under every policy: the floor under names, limits, replacement and the callback.

use super::super::*;
use super::names::{Fixture, policy, run};

#[test]
fn metadata_opens_to_a_rule_on_it_alone() {
    run(async {
        for (rule, opens) in [
            ("tcp://*:*", false),
            ("tcp://169.254.0.0/16:80", false),
            ("tcp://169.254.169.254:80", true),
            ("tcp://169.254.169.254/32:80", true),
            ("tcp://169.254.169.254:443", false),
            ("tcp://meta.test->169.254.169.254:80", true),
        ] {
            let guest = Fixture::new(&[rule], &["meta.test"]).await;
            guest.server.has("meta.test", "169.254.169.254");
            drop(guest.addresses("meta.test").await);
            assert_eq!(guest.connects("169.254.169.254:80"), opens, "{rule}");
            assert!(!guest.connects("[64:ff9b::169.254.169.254]:80"), "{rule}");
        }
        let mut policy = Policy::new();
        policy.allow_everything().unwrap();
        let guest = Fixture::with_policy(policy).await;
        guest.server.has("meta.test", "169.254.169.254");
        for address in ["169.254.169.254:80", "[fd00:ec2::254]:80", "100.100.100.200:80", "[2002:a9fe:a9fe::]:80"] {
            assert!(!guest.connects(address), "{address}");
        }
        assert!(matches!(guest.refused("meta.test").await, Reason::SpecialAddress(..)));
        assert!(guest.connects("10.0.0.1:80"), "all of the network is all the rest of it");
    });
}

#[test]
fn a_policy_that_only_reports_keeps_the_floor() {
    run(async {
        let mut policy = Policy::new();
        policy.set_mode(Mode::Report);
        let guest = Fixture::with_policy(policy).await;
        guest.server.has("a.test", "10.0.0.1");
        guest.server.has("meta.test", "169.254.169.254");
        assert!(guest.connects("10.0.0.1:80"));
        assert_eq!(guest.addresses("a.test").await.unwrap(), ["10.0.0.1"]);
        assert!(!guest.connects("169.254.169.254:80"));
        assert!(matches!(guest.refused("meta.test").await, Reason::SpecialAddress(..)));
    });
}

#[test]
fn lookups_are_limited_in_number_and_rate() {
    run(async {
        let mut rules = policy(&[], &["*"]);
        rules.set_limits(Limits { lookups_in_flight: Some(1), ..Limits::default() });
        let guest = Fixture::with_policy(rules).await;
        guest.server.has("a.test", "8.8.8.8");
        guest.server.has("b.test", "8.8.8.8");
        let (first, second) = tokio::join!(guest.addresses("a.test"), guest.addresses("b.test"));
        assert_eq!((first.is_ok(), second), (true, Err(LookupError::Busy)));
        assert!(guest.addresses("b.test").await.is_ok());
    });
}

#[test]
fn a_policy_can_be_replaced_while_it_is_at_work() {
    run(async {
        let guest = Fixture::new(&["tcp://10.0.0.1:80"], &[]).await;
        assert!(guest.connects("10.0.0.1:80"));
        guest.network.replace(policy(&["tcp://10.0.0.2:80"], &[]));
        assert!(!guest.connects("10.0.0.1:80") && guest.connects("10.0.0.2:80"));
    });
}

#[test]
fn who_is_asked_decides_what_no_rule_decides() {
    let mut rules = policy(&[], &[]);
    rules.deny_outbound(Rule::parse_deny("tcp://10.0.0.2:*").unwrap());
    let ask = |attempt: &Attempt| match attempt {
        Attempt::Connect(remote) if remote.port() == 443 => Some(true),
        Attempt::Connect(_) => Some(false),
        _ => None,
    };
    let network = Network::builder(rules).ask(ask).build();
    let connect =
        |address: &str| network.check(Attempt::Connect(address.parse().unwrap())).map_err(|denial| denial.reason);
    assert_eq!(connect("10.0.0.1:443"), Ok(()));
    assert_eq!(connect("10.0.0.1:80"), Err(Reason::Callback));
    assert!(matches!(connect("10.0.0.2:443"), Err(Reason::Denied(_))), "rules that deny are not up for debate");
    assert_eq!(connect("169.254.169.254:443"), Err(Reason::Metadata));
}
