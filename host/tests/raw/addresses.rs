//! Ways to reach an address, or to be reached, that a policy does not allow.

use std::io;
use std::net::UdpSocket;
use std::thread;

use super::fixture::{Guest, Turn, is_untouched, lines, listener};

/// One machine, by every spelling that there is.
const SPELLINGS: [&str; 8] = [
    "[::ffff:127.0.0.1]",
    "[::127.0.0.1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::127.0.0.1]",
    "[2002:7f00:1::1]",
    "[2001:0:1:2:3:4:80ff:fffe]",
    "[2606::5efe:127.0.0.1]",
];

fn allow_outbound(rule: &str) -> String {
    format!("[allow]\noutbound = ['{rule}']\n")
}

#[test]
fn an_address_has_no_second_spelling() {
    let _turn = Turn::take();
    let (listener, port) = listener();
    for policy in [
        allow_outbound("tcp://192.0.2.1:80"),
        format!("{}resolve = ['*']\n[deny]\noutbound = ['tcp://127.0.0.0/8:*']\n", allow_outbound("tcp://*:*")),
    ] {
        for address in SPELLINGS {
            let outcome = Guest::new(&policy).run(&["tcp6 a", &format!("connect a {address}:{port}")]);
            let (answer, decisions) = (&outcome.lines[1], &outcome.decisions);
            // WASI knows no mapped nor compatible addresses: they do not even get as far as the policy.
            let is_mapped = ["[::ffff:127.0.0.1]", "[::127.0.0.1]"].contains(&address);
            assert_eq!(answer, if is_mapped { "invalid-argument" } else { "access-denied" }, "{address}: {outcome:?}");
            assert_eq!(decisions.len(), usize::from(!is_mapped), "{address}: {outcome:?}");
            assert!(decisions.iter().all(|text| text.starts_with("refused connect tcp [")), "{address}: {outcome:?}");
        }
        let outcome = Guest::new(&policy).run(&["tcp4 a", &format!("connect a 0.0.0.0:{port}")]);
        assert_eq!(outcome.lines[1], "invalid-argument", "{outcome:?}");
    }
    assert!(is_untouched(&listener));
}

#[test]
fn a_numeric_host_is_the_address_that_it_says() {
    let _turn = Turn::take();
    let (listener, port) = listener();
    let remote = format!("connect a 127.0.0.1:{port}");
    for host in
        ["2130706433", "0x7f000001", "017700000001", "0x7f.1", "0177.0.0.1", "127.1", "１２７.0.0.1", "127.0.0.1."]
    {
        // Looking up an address asks nobody; what it is good for is decided when it is used.
        let outcome = Guest::new("").run(&[&format!("resolve {host}"), "tcp4 a", &remote]);
        assert_eq!(outcome.lines, ["127.0.0.1", "ok", "access-denied"], "{host}");
        assert_eq!(outcome.decisions, [format!("refused connect tcp 127.0.0.1:{port} no-rule")], "{host}");
    }
    for host in ["localhost", "LOCALHOST", "localhost.", "a.localhost", "ｌocalhost", "%6cocalhost"] {
        let outcome = Guest::new("").run(&[&format!("resolve {host}")]);
        assert_eq!(outcome.lines, ["access-denied"], "{host}");
        assert!(outcome.decisions[0].starts_with("refused resolve "), "{outcome:?}");
    }
    assert!(is_untouched(&listener));
}

#[test]
fn metadata_is_closed_to_all_but_its_own_address() {
    let _turn = Turn::take();
    for policy in ["[allow]\noutbound = ['tcp://*:*', 'udp://*:*']", "mode = 'report'"] {
        for address in ["169.254.169.254", "100.100.100.200", "[fd00:ec2::254]", "[64:ff9b::169.254.169.254]"] {
            let family = if address.starts_with('[') { 6 } else { 4 };
            let create = [format!("tcp{family} a"), format!("udp{family} u")];
            let any = if family == 6 { "[::]:0" } else { "0.0.0.0:0" };
            let outcome = Guest::new(policy).run(&[
                &create[0],
                &format!("connect a {address}:80"),
                &create[1],
                &format!("bind u {any}"),
                &format!("stream u {address}:53"),
            ]);
            assert_eq!(outcome.lines, ["ok", "access-denied", "ok", "ok", "access-denied"], "{address}");
            let refused = outcome.decisions.iter().filter(|text| text.ends_with(" metadata")).count();
            assert_eq!(refused, 2, "{outcome:?}");
        }
    }
}

#[test]
fn nothing_is_bound_by_the_way() {
    let _turn = Turn::take();
    let script = [
        "tcp4 a",
        "listen a",
        "accept a b",
        "finish-bind a",
        "finish-connect a",
        "bind a 127.0.0.1:0",
        "bind a 127.0.0.1:8080",
        "bind a 0.0.0.0:8080",
        "bind a 0.0.0.0:0",
        "listen a",
        "accept a b",
        "udp4 u",
        "stream u",
        "stream u 192.0.2.1:53",
        "bind u 0.0.0.0:5353",
        "bind u 127.0.0.1:0",
        "bind u 0.0.0.0:0",
        "stream u",
        "check-send u",
        "send u 1 192.0.2.1:53",
        "receive u 1",
    ];
    let outcome = Guest::new("").run(&script);
    let expected = [
        ("ok", "tcp4 a"),
        ("invalid-state", "a socket without an address listens nowhere"),
        ("invalid-state", "and accepts nobody"),
        ("not-in-progress", ""),
        ("not-in-progress", ""),
        ("access-denied", ""),
        ("access-denied", ""),
        ("access-denied", ""),
        ("ok", "a port of the system's choice is what a client has, too"),
        ("access-denied", "but nobody may connect to it"),
        ("invalid-state", ""),
        ("ok", "udp4 u"),
        ("invalid-state", "a socket without an address sends nothing"),
        ("invalid-state", ""),
        ("access-denied", ""),
        ("access-denied", ""),
        ("ok", ""),
        ("ok", ""),
        ("16", ""),
        ("access-denied", "and with one only what the policy allows"),
        ("received 0", ""),
    ];
    assert_eq!(outcome.lines, expected.map(|(answer, _)| answer), "{outcome:?}");
    assert_eq!(
        outcome.decisions,
        [
            "refused bind tcp 127.0.0.1:0 no-rule",
            "refused bind tcp 127.0.0.1:8080 no-rule",
            "refused bind tcp 0.0.0.0:8080 no-rule",
            "refused listen tcp 0.0.0.0:PORT no-rule",
            "refused bind udp 0.0.0.0:5353 no-rule",
            "refused bind udp 127.0.0.1:0 no-rule",
            "refused send udp 192.0.2.1:53 no-rule",
        ]
        .map(|expected| match expected.contains("PORT") {
            // The system chose it.
            true => outcome.decisions.iter().find(|text| text.contains("listen")).cloned().unwrap_or_default(),
            false => expected.to_owned(),
        })
    );
    assert!(outcome.decisions[3].starts_with("refused listen tcp 0.0.0.0:"), "{outcome:?}");
}

#[test]
fn a_wildcard_is_not_the_address_in_it_that_is_allowed() {
    let _turn = Turn::take();
    let loopback = "[allow]\ninbound = ['tcp://127.0.0.1:0']";
    let answers = lines(loopback, &["tcp4 a", "bind a 0.0.0.0:0", "listen a", "accept a b"]);
    assert_eq!(answers, ["ok", "ok", "access-denied", "invalid-state"]);
    let answers = lines(loopback, &["tcp6 a", "bind a [::]:0", "listen a"]);
    assert_eq!(answers, ["ok", "ok", "access-denied"]);
    let answers = lines(loopback, &["tcp4 a", "bind a 127.0.0.1:0", "listen a", "accept a b"]);
    assert_eq!(answers, ["ok", "ok", "ok", "would-block"]);
    // A wildcard includes what is forbidden.
    let but_one = "[allow]\ninbound = ['tcp://*:*']\n[deny]\ninbound = ['tcp://10.0.0.0/8:*']";
    let outcome = Guest::new(but_one).run(&["tcp4 a", "bind a 0.0.0.0:0", "listen a"]);
    assert_eq!(outcome.lines, ["ok", "ok", "access-denied"]);
    assert!(outcome.decisions[0].ends_with(" denied"), "{outcome:?}");
}

#[test]
fn a_connected_datagram_socket_sends_nowhere_else() {
    let _turn = Turn::take();
    let bound = || UdpSocket::bind("127.0.0.1:0").unwrap();
    let (friend, stranger) = (bound(), bound());
    let (allowed, other) = (friend.local_addr().unwrap(), stranger.local_addr().unwrap());
    let policy = allow_outbound(&format!("udp://{allowed}"));
    let outcome = Guest::new(&policy).run(&[
        "udp4 u",
        "bind u 0.0.0.0:0",
        &format!("stream u {allowed}"),
        "check-send u",
        "send u 1",
        "check-send u",
        &format!("send u 1 {other}"),
        // Connected to nobody, any address may be named, and is judged.
        "stream u",
        "check-send u",
        &format!("send u 1 {other}"),
        "check-send u",
        &format!("send u 2 {allowed}"),
        &format!("stream u {other}"),
    ]);
    assert_eq!(
        outcome.lines,
        [
            "ok",
            "ok",
            "ok",
            "16",
            "sent 1",
            "16",
            "invalid-argument",
            "ok",
            "16",
            "access-denied",
            "16",
            "sent 2",
            "access-denied"
        ],
        "{outcome:?}"
    );
    let refused: Vec<&String> = outcome.decisions.iter().filter(|text| text.starts_with("refused")).collect();
    assert_eq!(refused, [&format!("refused send udp {other} no-rule"); 2], "{outcome:?}");
    stranger.set_nonblocking(true).unwrap();
    assert_eq!(stranger.recv(&mut [0; 16]).unwrap_err().kind(), io::ErrorKind::WouldBlock);
    for _ in 0..3 {
        assert_eq!(friend.recv(&mut [0; 16]).unwrap(), 5);
    }
    // What is not permitted by a `check-send` is no failure but the end.
    for send in ["send u 1", "send u 17"] {
        let outcome = Guest::new(&policy).run(&["udp4 u", "bind u 0.0.0.0:0", &format!("stream u {allowed}"), send]);
        assert!(outcome.end.is_err(), "{outcome:?}");
    }
}

#[test]
fn a_stranger_who_knows_the_port_is_not_heard() {
    let _turn = Turn::take();
    let bound = || UdpSocket::bind("127.0.0.1:0").unwrap();
    let (friend, stranger) = (bound(), bound());
    let allowed = friend.local_addr().unwrap();
    let stranger_address = stranger.local_addr().unwrap();
    let both = thread::spawn(move || {
        let (_, guest) = friend.recv_from(&mut [0; 16]).unwrap();
        stranger.send_to(b"from a stranger", guest).unwrap();
        friend.send_to(b"from a friend", guest).unwrap();
    });
    let send = format!("send u 1 {allowed}");
    let script = ["udp4 u", "bind u 0.0.0.0:0", "stream u", "check-send u", &send, "wait u.in", "receive u max"];
    let outcome = Guest::new(&allow_outbound(&format!("udp://{allowed}"))).run(&script);
    assert_eq!(outcome.lines.last().unwrap(), "received 1", "{outcome:?}");
    let refusal = format!("refused receive udp {stranger_address} no-rule");
    assert!(outcome.decisions.contains(&refusal), "{outcome:?}");
    both.join().unwrap();
}

#[test]
fn a_port_that_is_mapped_opens_nothing_but_itself() {
    let _turn = Turn::take();
    let (listener, port) = listener();
    let policy = allow_outbound(&format!("tcp://127.0.0.1:80->{port}"));
    let direct = format!("127.0.0.1:{port}");
    let outcome = Guest::new(&policy).run(&[
        "tcp4 a",
        "connect a 127.0.0.1:80",
        // A socket that is in no state to connect leaves nothing behind that another could use.
        "start-connect a 127.0.0.1:80",
        "tcp4 b",
        &format!("connect b {direct}"),
        "tcp4 c",
        "start-connect c 127.0.0.1:80",
        "drop c",
        "tcp4 d",
        &format!("connect d {direct}"),
    ]);
    let answers = ["ok", "ok", "invalid-state", "ok", "access-denied", "ok", "ok", "ok", "ok", "access-denied"];
    assert_eq!(outcome.lines, answers, "{outcome:?}");
    let (_, _) = listener.accept().unwrap();
    assert!(is_untouched(&listener), "only one of them has connected");
}
