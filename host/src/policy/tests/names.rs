//! Rules on names, against a hostile name server.

use std::future::Future;
use std::net::IpAddr;

use hickory_resolver::proto::op::ResponseCode;

use super::super::{Attempt, LookupError, NamePattern, Network, Policy, Reason, Resolver, Rule, RuleFamily};
use super::name_server::{NameServer, Say};

/// A guest under outbound rules, patterns on names, and a name server.
pub(super) struct Fixture {
    pub(super) server: NameServer,
    pub(super) network: Network,
}

impl Fixture {
    pub(super) async fn new(outbound: &[&str], resolve: &[&str]) -> Self {
        Self::with_policy(policy(outbound, resolve)).await
    }

    pub(super) async fn with_policy(policy: Policy) -> Self {
        let server = NameServer::start().await;
        let network = Network::builder(policy).resolver(Resolver::with_server(server.address)).build();
        Self { server, network }
    }

    pub(super) async fn addresses(&self, name: &str) -> Result<Vec<String>, LookupError> {
        Ok(self.network.resolve(name).await?.iter().map(IpAddr::to_string).collect())
    }

    /// The lookup is refused; for this reason.
    pub(super) async fn refused(&self, name: &str) -> Reason {
        match self.network.resolve(name).await {
            Err(LookupError::Denied(denial)) => denial.reason,
            other => panic!("{name}: {other:?}"),
        }
    }

    pub(super) fn connects(&self, address: &str) -> bool {
        self.network.check(Attempt::Connect(address.parse().unwrap())).is_ok()
    }

    pub(super) fn sends(&self, address: &str) -> bool {
        self.network.check(Attempt::Send(address.parse().unwrap())).is_ok()
    }
}

pub(super) fn policy(outbound: &[&str], resolve: &[&str]) -> Policy {
    let mut policy = Policy::new();
    for rule in outbound {
        policy.allow_outbound(Rule::parse_outbound(rule).unwrap());
    }
    for pattern in resolve {
        policy.allow_resolve(NamePattern::parse(pattern).unwrap());
    }
    policy
}

pub(super) fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
}

#[test]
fn an_address_is_open_once_its_name_was_looked_up_and_not_before() {
    run(async {
        let guest = Fixture::new(&["tcp://db.example.com:5432"], &[]).await;
        guest.server.has("db.example.com", "8.8.8.8");
        assert!(!guest.connects("8.8.8.8:5432"), "nobody has asked for the name");
        assert_eq!(guest.addresses("DB.Example.com.").await.unwrap(), ["8.8.8.8"]);
        assert!(guest.connects("8.8.8.8:5432"));
        assert!(guest.connects("[::ffff:8.8.8.8]:5432"));
        assert!(!guest.connects("8.8.8.8:5433"), "the port is the rule's");
        assert!(!guest.sends("8.8.8.8:5432"), "the protocol is the rule's");
        assert!(!guest.connects("8.8.4.4:5432"));
        assert!(!guest.connects("[64:ff9b::8.8.8.8]:5432"));
    });
}

#[test]
fn what_one_guest_learns_is_not_known_to_another() {
    run(async {
        let guest = Fixture::new(&["tcp://a.test:80"], &[]).await;
        guest.server.has("a.test", "8.8.8.8");
        let other = Network::builder(policy(&["tcp://a.test:80"], &[])).build();
        guest.addresses("a.test").await.unwrap();
        assert!(guest.connects("8.8.8.8:80"));
        assert!(other.check(Attempt::Connect("8.8.8.8:80".parse().unwrap())).is_err());
    });
}

#[test]
fn two_names_on_one_address_each_open_their_own_ports() {
    run(async {
        let guest = Fixture::new(&["tcp://a.test:80", "tcp://b.test:443"], &[]).await;
        guest.server.has("a.test", "8.8.8.8");
        guest.server.has("b.test", "8.8.8.8");
        guest.addresses("a.test").await.unwrap();
        assert!(guest.connects("8.8.8.8:80") && !guest.connects("8.8.8.8:443"));
        guest.addresses("b.test").await.unwrap();
        assert!(guest.connects("8.8.8.8:80") && guest.connects("8.8.8.8:443"));
    });
}

#[test]
fn a_wildcard_allows_no_lookup() {
    run(async {
        let guest = Fixture::new(&["tcp://*.example.com:443"], &[]).await;
        guest.server.has("www.example.com", "8.8.8.8");
        assert_eq!(guest.refused("www.example.com").await, Reason::NoRule);
        assert_eq!(guest.server.asked(), 0, "a refused name is never sent anywhere");
        let guest = Fixture::new(&["tcp://*.example.com:443"], &["*.example.com"]).await;
        guest.server.has("www.example.com", "8.8.8.8");
        guest.addresses("www.example.com").await.unwrap();
        assert!(guest.connects("8.8.8.8:443") && !guest.connects("8.8.8.8:80"));
    });
}

#[test]
fn permission_to_look_up_opens_nothing() {
    run(async {
        let guest = Fixture::new(&[], &["*"]).await;
        guest.server.has("a.test", "8.8.8.8");
        guest.addresses("a.test").await.unwrap();
        let denial = guest.network.check(Attempt::Connect("8.8.8.8:80".parse().unwrap())).unwrap_err();
        assert_eq!(
            denial.remedy().unwrap(),
            "--allow-outbound tcp://a.test:80",
            "the name is what the guest asked for"
        );
    });
}

#[test]
fn a_public_name_leads_nowhere_but_to_the_public_internet() {
    run(async {
        let guest = Fixture::new(&["tcp://rebind.test:80"], &[]).await;
        for address in [
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.100.100.200",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "240.0.0.1",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001:db8::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::10.0.0.1",
            "::ffff:0:10.0.0.1",
            "64:ff9b::10.0.0.1",
            "64:ff9b::169.254.169.254",
            "64:ff9b:1::a00:1",
            "2002:a00:1::1",
            "2001:0:0:0:0:0:f5ff:fffe",
        ] {
            let network = Network::builder(policy(&["tcp://rebind.test:80"], &[]))
                .resolver(Resolver::with_server(guest.server.address))
                .build();
            guest.server.has("rebind.test", address);
            let Err(LookupError::Denied(denial)) = network.resolve("rebind.test").await else { panic!("{address}") };
            assert!(matches!(denial.reason, Reason::SpecialAddress(..)), "{address}: {denial}");
            assert!(!denial.detail().contains(address), "the guest is not told where: {}", denial.detail());
            let address: IpAddr = address.parse().unwrap();
            assert!(network.check(Attempt::Connect((address, 80).into())).is_err(), "{address}");
        }
    });
}

#[test]
fn a_name_that_is_bound_anew_opens_nothing_private() {
    run(async {
        let guest = Fixture::new(&["tcp://rebind.test:80", "tcp://10.0.0.1:443"], &[]).await;
        guest.server.say("rebind.test", Say::Addresses(vec!["8.8.8.8".parse().unwrap()], 0));
        guest.addresses("rebind.test").await.unwrap();
        guest.server.say("rebind.test", Say::Addresses(vec!["10.0.0.1".parse().unwrap()], 0));
        // The rule on the address lets the answer through, and opens its own port alone.
        assert_eq!(guest.addresses("rebind.test").await.unwrap(), ["10.0.0.1"]);
        assert!(!guest.connects("10.0.0.1:80"));
        assert!(guest.connects("10.0.0.1:443"));
        assert!(guest.connects("8.8.8.8:80"), "what was learned counts for a while");
    });
}

#[test]
fn of_a_mixed_answer_the_public_part_is_passed_on() {
    run(async {
        let guest = Fixture::new(&["tcp://mixed.test:80"], &[]).await;
        let addresses = ["8.8.8.8", "127.0.0.1", "10.0.0.1"].map(|address| address.parse().unwrap());
        guest.server.say("mixed.test", Say::Addresses(addresses.into(), 300));
        assert_eq!(guest.addresses("mixed.test").await.unwrap(), ["8.8.8.8"]);
    });
}

#[test]
fn one_private_service_opens_without_its_network() {
    run(async {
        let guest = Fixture::new(&["tcp://db.test->10.1.2.3:5432"], &[]).await;
        assert!(!guest.connects("10.1.2.3:5432"));
        assert_eq!(guest.addresses("db.test").await.unwrap(), ["10.1.2.3"]);
        assert_eq!(guest.server.asked(), 0, "the rule knows the address");
        assert!(guest.connects("10.1.2.3:5432"));
        assert!(!guest.connects("10.1.2.3:22") && !guest.connects("10.1.2.4:5432"));
    });
}

#[test]
fn a_mapped_port_is_where_the_connection_goes() {
    run(async {
        let guest = Fixture::new(&["tcp://db.test->10.1.2.3:5432->5433"], &["other.test->10.1.2.3"]).await;
        guest.addresses("db.test").await.unwrap();
        let remote = "10.1.2.3:5432".parse().unwrap();
        assert!(guest.connects("10.1.2.3:5432") && !guest.connects("10.1.2.3:5433"));
        let admitted = guest.network.admit_connect(remote).unwrap();
        assert_eq!(admitted.address().to_string(), "10.1.2.3:5433");
        assert_eq!(guest.addresses("other.test").await.unwrap(), ["10.1.2.3"]);
    });
}

#[test]
fn denied_names_are_not_looked_up_and_their_addresses_stay_closed() {
    run(async {
        let mut rules = policy(&["tcp://*:443"], &["*"]);
        rules.deny_resolve(NamePattern::parse("*.evil.test").unwrap());
        rules.deny_outbound(Rule::parse_deny("tcp://tracker.test:*").unwrap());
        let guest = Fixture::with_policy(rules).await;
        guest.server.has("tracker.test", "8.8.8.8");
        assert!(matches!(guest.refused("a.b.evil.test").await, Reason::Denied(_)));
        assert_eq!(guest.server.asked(), 0);
        guest.addresses("tracker.test").await.unwrap();
        assert!(!guest.connects("8.8.8.8:443"));
        assert!(guest.connects("8.8.4.4:443"));
    });
}

#[test]
fn localhost_never_asks_a_name_server() {
    run(async {
        let guest = Fixture::new(&["tcp://localhost:80"], &[]).await;
        guest.server.has("localhost", "8.8.8.8");
        guest.server.has("a.localhost", "8.8.8.8");
        for name in ["localhost", "LOCALHOST.", "a.localhost"] {
            let addresses = guest.network.resolve(name).await.unwrap();
            assert!(addresses.iter().all(IpAddr::is_loopback), "{name}: {addresses:?}");
        }
        assert_eq!(guest.server.asked(), 0);
    });
}

#[test]
fn failures_are_told_apart() {
    run(async {
        let guest = Fixture::new(&[], &["*"]).await;
        guest.server.say("empty.test", Say::Addresses(Vec::new(), 300));
        guest.server.say("broken.test", Say::Code(ResponseCode::ServFail));
        guest.server.say("refused.test", Say::Code(ResponseCode::Refused));
        guest.server.has("four.test", "8.8.8.8");
        assert_eq!(guest.addresses("absent.test").await, Err(LookupError::NoName));
        assert_eq!(guest.addresses("empty.test").await, Err(LookupError::NoData));
        assert_eq!(guest.addresses("broken.test").await, Err(LookupError::Again));
        assert_eq!(guest.addresses("refused.test").await, Err(LookupError::Fail));
        let found = guest.network.lookup("four.test", RuleFamily::Ipv6).await;
        assert_eq!(found, Err(LookupError::AddressFamily));
    });
}

#[test]
fn a_family_can_be_asked_for_and_be_prescribed() {
    run(async {
        let guest = Fixture::new(&["tcp://both.test:80#ipv4-only"], &["six.test#ipv6-only", "both6.test"]).await;
        let both: Vec<IpAddr> = ["8.8.8.8", "2606:4700::1111"].map(|address| address.parse().unwrap()).into();
        for name in ["both.test", "six.test", "both6.test"] {
            guest.server.say(name, Say::Addresses(both.clone(), 300));
        }
        assert_eq!(guest.addresses("both.test").await.unwrap(), ["8.8.8.8"]);
        assert_eq!(guest.addresses("six.test").await.unwrap(), ["2606:4700::1111"]);
        let found = guest.network.lookup("both6.test", RuleFamily::Ipv6).await.unwrap();
        assert_eq!(found.addresses, both[1..]);
    });
}

#[test]
fn aliases_end_in_the_canonical_name_and_count_for_the_name_asked_for() {
    run(async {
        let guest = Fixture::new(&["tcp://www.test:80"], &[]).await;
        guest.server.say("www.test", Say::Alias("web.hosting.test.", "8.8.8.8".parse().unwrap()));
        let found = guest.network.lookup("www.test", RuleFamily::Any).await.unwrap();
        assert_eq!(found.canonical_name.as_deref(), Some("web.hosting.test"));
        assert!(guest.connects("8.8.8.8:80"));
        assert_eq!(guest.refused("web.hosting.test").await, Reason::NoRule);
    });
}

#[test]
fn the_names_of_an_address_are_told_where_it_may_be_reached() {
    run(async {
        let guest = Fixture::new(&["tcp://8.8.8.8:80"], &[]).await;
        guest.server.say("8.8.8.8.in-addr.arpa", Say::Pointer("dns.test."));
        guest.server.say("4.4.8.8.in-addr.arpa", Say::Pointer("dns.test."));
        let found = guest.network.reverse("8.8.8.8".parse().unwrap()).await.unwrap();
        assert_eq!(found.canonical_name.as_deref(), Some("dns.test"));
        assert!(matches!(guest.network.reverse("8.8.4.4".parse().unwrap()).await, Err(LookupError::Denied(_))));
    });
}

#[test]
fn numbers_are_addresses_in_every_base_and_script() {
    run(async {
        let guest = Fixture::new(&[], &["*"]).await;
        for name in ["2130706433", "0x7f.1", "017700000001", "127.1", "0x7f000001", "１２７.0.0.1", "127。0。0。1"]
        {
            assert_eq!(guest.addresses(name).await.unwrap(), ["127.0.0.1"], "{name}");
        }
        assert_eq!(guest.server.asked(), 0);
        assert!(!guest.connects("127.0.0.1:80"));
    });
}

#[test]
fn look_alikes_are_other_names() {
    run(async {
        let guest = Fixture::new(&["tcp://apple.test:443"], &[]).await;
        guest.server.has("apple.test", "8.8.8.8");
        for name in ["аpple.test", "applе.test", "app1e.test", "apple.test.evil.test", "xn--pple-43d.test"] {
            assert_eq!(guest.refused(name).await, Reason::NoRule, "{name}");
        }
        assert_eq!(guest.server.asked(), 0);
        // Full-width letters are the letters: the same name, and the same question.
        guest.addresses("ａpple.test").await.unwrap();
    });
}
