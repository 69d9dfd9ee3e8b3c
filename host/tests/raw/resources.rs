//! More than there is, more than is good, and in the wrong order.

use std::io::Write as _;
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use wasocket_host::policy::Quota;

use super::fixture::{Guest, Turn, lines, listener};

#[test]
fn handles_run_out_and_come_back() {
    let _turn = Turn::take();
    let answers = lines(
        "[limits]\nsockets = 3",
        &["times 5 tcp4 a#", "udp4 u", "drop a1", "udp4 u", "tcp4 b", "drop u", "tcp6 b", "tcp6 c"],
    );
    let limit = "new-socket-limit";
    assert_eq!(answers, ["3 ok, 2 new-socket-limit", limit, "ok", "ok", limit, "ok", "ok", limit]);
}

#[test]
fn the_descriptors_of_the_process_are_not_the_guests() {
    let _turn = Turn::take();
    let guest = Guest::new("[limits]\nsockets = 500");
    let outcome = guest.run(&["times 30000 tcp4 a#", "times 30000 drop a#", "times 10 tcp4 b#"]);
    assert_eq!(outcome.lines, ["500 ok, 29500 new-socket-limit", "500 ok, 29500 no such thing", "10 ok"]);
    assert!(guest.network.take(Quota::Sockets, 500).is_ok(), "all of them are counted back");
}

#[test]
fn connections_are_counted_until_they_are_gone() {
    let _turn = Turn::take();
    let (listener, port) = listener();
    let policy = "[allow]\noutbound = ['tcp://127.0.0.1:*']\n[limits]\noutbound-connections = 1";
    let connect = |name: &str| format!("connect {name} 127.0.0.1:{port}");
    let outcome = Guest::new(policy).run(&[
        "tcp4 a",
        "tcp4 b",
        &connect("a"),
        &connect("b"),
        "drop a.in",
        "drop a.out",
        &connect("b"),
        "drop a",
        // It has failed before it was under way: it can still be tried again.
        &connect("b"),
    ]);
    let full = "address-not-bindable";
    assert_eq!(outcome.lines, ["ok", "ok", "ok", full, "ok", "ok", full, "ok", "ok"], "{outcome:?}");
    drop(listener);
}

/// The number of a socket that is gone is the next one's; what was allowed was allowed to the old one.
#[test]
fn a_number_that_is_used_again_inherits_nothing() {
    let _turn = Turn::take();
    let (listener, port) = listener();
    let policy = format!("[allow]\noutbound = ['tcp://127.0.0.1:{port}']");
    let outcome = Guest::new(&policy).run(&[
        "tcp4 a",
        &format!("connect a 127.0.0.1:{port}"),
        "drop a.in",
        "drop a.out",
        "drop a",
        "tcp4 a",
        "finish-connect a",
        "connect a 127.0.0.1:1",
        "remote a",
    ]);
    let answers = ["ok", "ok", "ok", "ok", "ok", "ok", "not-in-progress", "access-denied", "invalid-state"];
    assert_eq!(outcome.lines, answers, "{outcome:?}");
    assert_eq!(
        outcome.decisions,
        [format!("allowed connect tcp 127.0.0.1:{port}"), "refused connect tcp 127.0.0.1:1 no-rule".to_owned()]
    );
    drop(listener);
}

#[test]
fn a_huge_read_yields_what_a_buffer_holds() {
    let _turn = Turn::take();
    let (listener, port) = listener();
    let sender = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // The guest leaves before it has read all.
        drop(stream.write_all(&vec![b'x'; 64 << 20]));
    });
    let outcome = Guest::new("[allow]\noutbound = ['tcp://127.0.0.1:*']").run(&[
        "tcp4 a",
        &format!("connect a 127.0.0.1:{port}"),
        "read-some a max",
        "read-some a max",
        "skip-some a max",
    ]);
    sender.join().unwrap();
    for line in &outcome.lines[2..5] {
        // A short one is shown itself.
        let count = line.trim_end_matches(" bytes").parse().unwrap_or(line.len());
        assert!((1..=1 << 20).contains(&count), "{line}");
    }
    // More than the interface lets one write is the end of the guest, not of the host.
    let (_listener, port) = super::fixture::listener();
    let connect = format!("connect a 127.0.0.1:{port}");
    let outcome =
        Guest::new("[allow]\noutbound = ['tcp://127.0.0.1:*']").run(&["tcp4 a", &connect, "write-zeroes a max"]);
    assert!(outcome.end.is_err(), "{outcome:?}");
}

/// A name server that never answers, and how often it was asked.
fn silent_server() -> (String, Arc<AtomicUsize>, impl FnOnce()) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap();
    let asked = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&asked);
    let server = thread::spawn(move || {
        while socket.recv(&mut [0; 512]).unwrap() > 0 {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    let end = move || {
        // Nothing is its end.
        UdpSocket::bind("127.0.0.1:0").unwrap().send_to(&[], address).unwrap();
        server.join().unwrap();
    };
    (address.to_string(), asked, end)
}

#[test]
fn a_flood_of_lookups_is_a_trickle_outside() {
    let _turn = Turn::take();
    let (server, asked, end) = silent_server();
    let policy = format!("dns = '{server}'\n[allow]\nresolve = ['*.test']\n[limits]\nlookups-in-flight = 4");
    let guest = Guest::new(&policy);
    let outcome =
        guest.run(&["times 2000 lookup #.test l#", "next l0", "drop l2", "drop l0", "times 2000 lookup #.evil e#"]);
    let flood = "4 ok, 1996 temporary-resolver-failure";
    assert_eq!(outcome.lines, [flood, "would-block", "ok", "ok", "2000 access-denied"]);
    assert!(guest.network.take(Quota::Lookups, 4).is_ok(), "none is under way any more");
    end();
    let asked = asked.load(Ordering::SeqCst);
    assert!(asked <= 4 * QUERIES, "{asked} queries for four lookups");
}

/// Both families, and as often as the resolver tries.
const QUERIES: usize = 8;

#[test]
fn a_name_without_end_is_no_name() {
    let _turn = Turn::take();
    let answers = lines(
        "[allow]\nresolve = ['*']",
        &["lookup-long a 1000000", "lookup-long ü 1000000", "lookup-long a. 1000000", "lookup-long % 100000"],
    );
    assert_eq!(answers, ["invalid-argument"; 4]);
}

#[test]
fn a_storm_of_polls_passes() {
    let _turn = Turn::take();
    let answers = lines("", &["udp4 u", "storm u 20000 20", "times 2000 subscribe u p#", "drop u"][..3]);
    assert_eq!(answers, ["ok", "400000", "2000 ok"]);
}

/// A socket goes last, or its guest is ended; whatever the order, nothing is left.
#[test]
fn resources_are_dropped_in_every_order() {
    let _turn = Turn::take();
    let (listener, port) = listener();
    let connect = format!("connect a 127.0.0.1:{port}");
    for order in orders(&["a", "a.in", "a.out", "p"]) {
        let guest = Guest::new("[allow]\noutbound = ['tcp://127.0.0.1:*']\n[limits]\nsockets = 1");
        let mut script = vec!["tcp4 a", &connect, "subscribe a.in p", "ready p"];
        let drops: Vec<String> = order.iter().map(|name| format!("drop {name}")).collect();
        script.extend(drops.iter().map(String::as_str));
        let outcome = guest.run(&script);
        let position = |name: &str| order.iter().position(|other| *other == name);
        let is_ordered =
            position("a.in") < position("a") && position("a.out") < position("a") && position("p") < position("a.in");
        assert_eq!(outcome.end.is_ok(), is_ordered, "{order:?}: {outcome:?}");
        assert!(guest.network.take(Quota::Sockets, 1).is_ok(), "{order:?}");
        assert_eq!(guest.ended_sockets(), 1, "{order:?}");
    }
    drop(listener);
}

fn orders<'a>(names: &[&'a str]) -> Vec<Vec<&'a str>> {
    let Some((first, rest)) = names.split_first() else { return vec![Vec::new()] };
    let insert = |order: &Vec<&'a str>, place: usize| {
        let mut order = order.clone();
        order.insert(place, first);
        order
    };
    let shorter = orders(rest);
    shorter.iter().flat_map(|order| (0..=order.len()).map(move |place| insert(order, place))).collect()
}

#[test]
fn what_a_guest_forgets_its_end_closes() {
    let _turn = Turn::take();
    let guest = Guest::new("[allow]\ninbound = ['tcp://127.0.0.1:0']\n[limits]\nsockets = 100");
    let script = ["times 99 tcp4 a#", "times 99 forget a#", "tcp4 b", "bind b 127.0.0.1:0", "listen b", "forget b"];
    let outcome = guest.run(&script);
    assert_eq!(outcome.end.ok(), Some(0));
    assert!(guest.network.take(Quota::Sockets, 100).is_ok());
    assert_eq!(guest.ended_sockets(), 100);
}
