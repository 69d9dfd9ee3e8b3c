//! The search list expands a name to several: each is judged by itself.

use super::super::{Attempt, LookupError, Network, Policy};
use super::name_server::{NameServer, Say};
use super::names::run;
use crate::names::resolver::Resolver;
use crate::names::search::SearchList;

/// A guest on a machine that searches `corp.test` and then `lan.test`.
async fn guest(policy: &str) -> (Network, NameServer) {
    let server = NameServer::start().await;
    let resolver = Resolver::with_server_and_search(server.address, SearchList::new(["corp.test", "lan.test"], 1));
    let network = Network::builder(Policy::from_toml(policy).unwrap()).resolver(resolver).build();
    (network, server)
}

fn connects(network: &Network, address: &str) -> bool {
    network.check(Attempt::Connect(address.parse().unwrap())).is_ok()
}

#[test]
fn what_a_short_name_stands_for_is_denied_by_its_own_name() {
    run(async {
        let deny = "[allow]\nresolve = ['*']\noutbound = ['tcp://db:80', 'tcp://*.corp.test:80']\n[deny]\nresolve = ['*.corp.test']";
        let (network, server) = guest(deny).await;
        server.has("db.corp.test", "8.8.8.8");
        assert_eq!(network.resolve("db").await.unwrap_err(), LookupError::NoName);
        assert!(!server.asked_names().iter().any(|name| name.contains("corp")), "{:?}", server.asked_names());
        assert!(!connects(&network, "8.8.8.8:80"));

        let (network, server) = guest("[allow]\nresolve = ['*']\noutbound = ['tcp://*.corp.test:80']").await;
        server.has("db.corp.test", "8.8.8.8");
        assert_eq!(network.resolve("db").await.unwrap().len(), 1, "the control");
        assert!(connects(&network, "8.8.8.8:80"), "it is learned as what it is");
    });
}

#[test]
fn a_rule_on_a_name_is_not_on_what_the_search_list_makes_of_it() {
    run(async {
        let (network, server) = guest("[allow]\noutbound = ['tcp://db:80', 'tcp://a.b:80']").await;
        server.has("db.corp.test", "8.8.8.8");
        server.has("a.b.lan.test", "8.8.4.4");
        server.say("db", Say::Addresses(vec!["1.1.1.1".parse().unwrap()], 300));
        assert_eq!(network.resolve("db").await.unwrap(), ["1.1.1.1".parse::<std::net::IpAddr>().unwrap()]);
        assert_eq!(network.resolve("a.b").await.unwrap_err(), LookupError::NoName);
        let asked = server.asked_names();
        assert!(asked.iter().all(|name| ["db.", "a.b."].contains(&name.as_str())), "{asked:?}");
        assert!(connects(&network, "1.1.1.1:80") && !connects(&network, "8.8.8.8:80"));
    });
}

/// Those that no rule allows are passed over: only where that leaves none is there something to refuse, once.
#[test]
fn candidates_without_a_rule_are_passed_over() {
    run(async {
        let (network, server) = guest("[allow]\noutbound = ['tcp://db.lan.test:80']").await;
        server.has("db.lan.test", "8.8.8.8");
        assert_eq!(network.resolve("db").await.unwrap().len(), 1);
        assert!(matches!(network.resolve("other").await, Err(LookupError::Denied(denial))
            if denial.attempt == Attempt::Resolve("other".to_owned())));
        assert!(server.asked_names().iter().all(|name| name == "db.lan.test."), "{:?}", server.asked_names());
    });
}

#[test]
fn an_absolute_name_stands_for_itself() {
    run(async {
        let (network, server) = guest("[allow]\nresolve = ['*']").await;
        server.has("db.corp.test", "8.8.8.8");
        assert_eq!(network.resolve("db.").await.unwrap_err(), LookupError::NoName);
        assert!(server.asked_names().iter().all(|name| name == "db."), "{:?}", server.asked_names());
        assert_eq!(network.resolve("db").await.unwrap().len(), 1, "the control");
    });
}
