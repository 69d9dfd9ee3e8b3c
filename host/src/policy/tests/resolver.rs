//! The resolver itself: what it asks, and how much of an answer it takes.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use hickory_resolver::Hosts;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::proto::rr::Name;

use super::super::{LookupError, Resolver, RuleFamily};
use super::name_server::{NameServer, Say};
use crate::names::search::SearchList;

fn run<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
}

fn addresses(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn a_name_is_asked_as_it_is() {
    run(async {
        let server = NameServer::start().await;
        server.has("db.corp.test", "8.8.8.8");
        server.has("a.b.corp.test", "8.8.8.8");
        let resolver = Resolver::with_server_and_search(server.address, SearchList::new(["corp.test"], 1));
        for name in ["db", "a.b"] {
            assert_eq!(resolver.forward(name, RuleFamily::Ipv4).await, Err(LookupError::NoName));
        }
        assert_eq!(server.asked_names(), ["db.", "a.b."]);
        // The control: the candidates say the rest.
        assert_eq!(resolver.candidates("db"), ["db.corp.test", "db"]);
        let found = resolver.forward("db.corp.test", RuleFamily::Ipv4).await.unwrap();
        assert_eq!(found.addresses, addresses(&["8.8.8.8"]));
        assert_eq!(Resolver::with_server(server.address).candidates("db"), ["db"]);
    });
}

#[test]
fn hickory_extends_no_name() {
    run(async {
        let server = NameServer::start().await;
        server.has("db.corp.test", "8.8.8.8");
        let mut connection = ConnectionConfig::udp();
        connection.port = server.address.port();
        let servers = vec![NameServerConfig::new(server.address.ip(), true, vec![connection])];
        let domain = Name::from_ascii("corp.test").unwrap();
        let config = ResolverConfig::from_parts(Some(domain.clone()), vec![domain], servers);
        let resolver = Resolver::build(config, ResolverOpts::default(), SearchList::default(), Hosts::default());
        assert_eq!(resolver.forward("db", RuleFamily::Any).await, Err(LookupError::NoName));
        assert_eq!(server.asked_names(), ["db.", "db."]);
    });
}

#[test]
fn the_hosts_file_is_read_before_anyone_is_asked() {
    run(async {
        let server = NameServer::start().await;
        let text = "10.0.0.5 DB db.corp.test\nfd00::5 six\n";
        let resolver =
            Resolver::with_server_and_search(server.address, SearchList::new(["corp.test"], 1)).with_hosts(text);
        for name in ["db", "db.corp.test"] {
            let found = resolver.forward(name, RuleFamily::Ipv4).await.unwrap();
            assert_eq!(found.addresses, addresses(&["10.0.0.5"]), "{name}");
            assert_eq!(found.canonical_name.as_deref(), Some(name));
        }
        assert_eq!(resolver.forward("six", RuleFamily::Ipv6).await.unwrap().addresses, addresses(&["fd00::5"]));
        assert_eq!(server.asked(), 0);
        assert_eq!(resolver.candidates("Db"), ["db", "db.corp.test"], "the file comes before the search list");
        assert_eq!(resolver.candidates("six"), ["six", "six.corp.test"]);
        assert_eq!(resolver.candidates("other"), ["other.corp.test", "other"]);
        // The control: what is not in the file is asked for.
        assert_eq!(resolver.forward("other", RuleFamily::Ipv4).await, Err(LookupError::NoName));
        assert_eq!(server.asked_names(), ["other."]);
    });
}

#[test]
fn of_a_long_answer_the_first_addresses_count() {
    run(async {
        let server = NameServer::start().await;
        let resolver = Resolver::with_server(server.address);
        let v4: Vec<IpAddr> = (0..300).map(|number| Ipv4Addr::from_bits(0x0808_0000 + number).into()).collect();
        let v6: Vec<IpAddr> = (0..300).map(|number| Ipv6Addr::from_bits((0x2606_4700 << 96) + number).into()).collect();
        server.say("four.test", Say::Addresses(v4.clone(), 300));
        server.say("both.test", Say::Addresses([v4.clone(), v6.clone()].concat(), 300));
        let found = resolver.forward("four.test", RuleFamily::Any).await.unwrap();
        assert_eq!(found.addresses, v4[..64]);
        let found = resolver.forward("both.test", RuleFamily::Any).await.unwrap();
        let (four, six): (Vec<IpAddr>, Vec<IpAddr>) = found.addresses.iter().partition(|address| address.is_ipv4());
        assert_eq!((&four[..], &six[..]), (&v4[..32], &v6[..32]));
        // The controls: all that the server says arrives, and what is not too long is kept whole.
        let last = [vec![v4[0]; 280], v4[280..].to_vec()].concat();
        server.say("last.test", Say::Addresses(last, 300));
        let found = resolver.forward("last.test", RuleFamily::Ipv4).await.unwrap();
        assert_eq!(found.addresses, [&v4[..1], &v4[280..]].concat());
        server.say("fits.test", Say::Addresses(v4[..64].to_vec(), 300));
        assert_eq!(resolver.forward("fits.test", RuleFamily::Ipv4).await.unwrap().addresses, v4[..64]);
    });
}

#[test]
fn of_many_names_of_an_address_the_first_count() {
    run(async {
        let server = NameServer::start().await;
        for (address, count, counted) in [("8.8.8.8", 300, 64), ("4.4.4.4", 64, 64), ("1.1.1.1", 3, 3)] {
            let names = (0..count).map(|number| format!("{number}.test.")).collect();
            server.say(&format!("{address}.in-addr.arpa"), Say::Pointers(names));
            let found = Resolver::with_server(server.address).reverse(address.parse().unwrap()).await.unwrap();
            assert_eq!(found.canonical_name.as_deref(), Some("0.test"));
            assert_eq!(found.aliases.len() + 1, counted);
            assert_eq!(found.aliases.last().unwrap(), &format!("{}.test", counted - 1));
        }
    });
}
