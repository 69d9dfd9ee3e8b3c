//! How long a lookup opens an address for a rule on a name, by a clock that the test sets.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::super::{Attempt, Network, Policy};
use super::name_server::{NameServer, Say};
use super::names::run;
use crate::accounting::account::{Connection, SocketAccount};
use crate::accounting::buffers::Buffers;
use crate::accounting::record::Origin;
use crate::names::resolver::Resolver;
use crate::network::{AddressAttempt, Requester};
use crate::policy::rule::Protocol;

struct Fixture {
    network: Network,
    now: Arc<Mutex<Instant>>,
    server: NameServer,
}

impl Fixture {
    async fn new(policy: &str) -> Self {
        let server = NameServer::start().await;
        let now = Arc::new(Mutex::new(Instant::now()));
        let clock = Arc::clone(&now);
        let network = Network::builder(Policy::from_toml(policy).unwrap())
            .resolver(Resolver::with_server(server.address))
            .clock(move || *clock.lock().unwrap())
            .build();
        Self { network, now, server }
    }

    fn pass(&self, seconds: u64) {
        *self.now.lock().unwrap() += Duration::from_secs(seconds);
    }

    fn may(&self, attempt: fn(std::net::SocketAddr) -> Attempt) -> bool {
        self.network.check(attempt(REMOTE.parse().unwrap())).is_ok()
    }

    /// Connects as both networks do: decided first, and held once it is complete.
    fn connect(&self) -> Option<SocketAccount> {
        let remote = REMOTE.parse().unwrap();
        let account = self.network.account(Some(Protocol::Tcp), Buffers::default(), Origin::New);
        let admitted = self.network.decide(Requester::socket(&account), AddressAttempt::Connect(remote)).ok()?;
        account.connecting(Connection::outbound(account.meter()).unwrap(), admitted.address());
        account.connected(|| None, |remote| self.network.hold(remote));
        Some(account)
    }
}

const POLICY: &str = "[allow]\noutbound = ['tcp://ttl.test:80', 'udp://ttl.test:80']";
const REMOTE: &str = "93.184.216.34:80";

#[test]
fn a_lookup_opens_its_address_for_its_time_and_trying_does_not_prolong_it() {
    run(async {
        let guest = Fixture::new(POLICY).await;
        guest.server.say("ttl.test", Say::Addresses(vec!["93.184.216.34".parse().unwrap()], 0));
        guest.network.resolve("ttl.test").await.unwrap();
        for _ in 0..6 {
            assert!(guest.may(Attempt::Connect), "the control");
            guest.pass(10);
        }
        for _ in 0..3 {
            assert!(!guest.may(Attempt::Connect) && !guest.may(Attempt::Send));
            assert!(guest.connect().is_none(), "a refused attempt holds nothing");
        }
        guest.network.resolve("ttl.test").await.unwrap();
        assert!(guest.may(Attempt::Connect) && guest.may(Attempt::Send));
    });
}

#[test]
fn a_connection_keeps_its_names_and_its_end_ends_them() {
    run(async {
        let guest = Fixture::new(POLICY).await;
        guest.server.say("ttl.test", Say::Addresses(vec!["93.184.216.34".parse().unwrap()], 0));
        guest.network.resolve("ttl.test").await.unwrap();
        let connection = guest.connect().unwrap();
        guest.pass(7200);
        assert!(guest.may(Attempt::Connect));
        drop(connection);
        assert!(!guest.may(Attempt::Connect) && !guest.may(Attempt::Send));
    });
}

/// A connection that fails, or that never comes to be, holds nothing.
#[test]
fn a_connection_under_way_holds_nothing() {
    run(async {
        let guest = Fixture::new(POLICY).await;
        guest.server.say("ttl.test", Say::Addresses(vec!["93.184.216.34".parse().unwrap()], 0));
        guest.network.resolve("ttl.test").await.unwrap();
        let remote = REMOTE.parse().unwrap();
        let account = guest.network.account(Some(Protocol::Tcp), Buffers::default(), Origin::New);
        account.connecting(Connection::outbound(account.meter()).unwrap(), remote);
        guest.pass(60);
        assert!(!guest.may(Attempt::Connect));
        account.connected(|| None, |remote| guest.network.hold(remote));
        assert!(!guest.may(Attempt::Connect), "what has ended is not revived");
    });
}

/// What is decided under one policy is not used under another.
#[test]
fn a_decision_belongs_to_its_policy() {
    run(async {
        let guest = Fixture::new("[allow]\noutbound = ['tcp://93.184.216.34:80->81']").await;
        let admitted = guest.network.admit_connect(REMOTE.parse().unwrap()).unwrap();
        assert_eq!(
            (admitted.address().port(), admitted.rule().unwrap().as_str()),
            (81, "--allow-outbound tcp://93.184.216.34:80->81")
        );
        assert!(guest.network.is_current(&admitted));
        guest.network.replace(Policy::from_toml("[allow]\noutbound = ['tcp://93.184.216.34:80->82']").unwrap());
        assert!(!guest.network.is_current(&admitted));
        assert_eq!(guest.network.admit_connect(REMOTE.parse().unwrap()).unwrap().address().port(), 82);
    });
}
