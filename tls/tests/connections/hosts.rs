//! Whom a certificate must name: exactly the host that the program said, whether or not it can be sent.

use wasocket_tls::{Connection, ErrorKind, Settings, VerifyMode};

use crate::authority::Authority;
use crate::peers::{client, connect, shake};

/// Hosts that are no names to rustls, and one that is.
const HOSTS: [&str; 10] = [
    "bank.example:443",
    "-bank-.example",
    "a b",
    "*.bank.example",
    "127.0.0.1:443",
    "fe80::1%eth0",
    "[::1]",
    "1.2.3.4.5",
    "host.test.",
    "other.test",
];

/// What is said of a certificate for `named` where `host` is wanted.
fn refusal(named: &str, host: &str) -> Option<(i32, String)> {
    let authority = Authority::new();
    let error = connect(&authority.client(), &authority.server(named, |_| {}), host).err()?.1;
    match error.kind {
        ErrorKind::Verification(failure) => Some((failure.code, failure.message)),
        ErrorKind::Ssl | ErrorKind::EndOfFile | ErrorKind::Closed => Some((0, error.text)),
    }
}

#[test]
fn the_host_that_was_said_is_the_one_that_is_looked_for() {
    for host in HOSTS {
        let mismatch = format!("Hostname mismatch, certificate is not valid for '{host}'.");
        for named in ["name.invalid", "invalid", "localhost", "host.test", "0.0.0.0"] {
            assert_eq!(refusal(named, host), Some((62, mismatch.clone())), "a certificate for {named}");
        }
        assert_eq!(refusal(host, host), None, "the control names it");
    }
}

#[test]
fn addresses_are_looked_for_as_addresses() {
    let mismatch = |host: &str| Some((64, format!("IP address mismatch, certificate is not valid for '{host}'.")));
    assert_eq!(refusal("0.0.0.0", "127.0.0.1"), mismatch("127.0.0.1"));
    assert_eq!(refusal("127.0.0.1", "127.0.0.1"), None);
    assert_eq!(refusal("::1", "0:0:0:0:0:0:0:1"), None);
    assert_eq!(refusal("::", "::1"), mismatch("::1"));
}

#[test]
fn a_name_is_sent_and_nothing_instead_of_one() {
    let authority = Authority::new();
    let mut visitor = authority.client();
    visitor.set(Settings { verify_mode: VerifyMode::None, check_host: None, ..Settings::default() });
    let server = authority.server("host.test", |_| {});
    for host in HOSTS.into_iter().chain(["127.0.0.1", "::1"]) {
        let (_, other) = connect(&visitor, &server, host).expect("a connection");
        let sent = match host {
            "other.test" => Some("other.test"),
            "host.test." => Some("host.test"),
            _ => None,
        };
        assert_eq!(other.server_name(), sent, "{host}");
    }
}

#[test]
fn a_name_that_has_no_room_is_refused_at_once() {
    let context = Authority::new().client();
    let long = |length: usize| "a".repeat(length);
    let refused = Connection::client(&context, Some(&long(256))).err();
    assert_eq!(refused.map(|error| error.reason), Some("SSL3_EXT_INVALID_SERVERNAME"));
    assert!(Connection::client(&context, Some(&long(255))).is_ok());
}

#[test]
fn a_session_is_for_the_host_that_was_verified() {
    let authority = Authority::new();
    let (visitor, server) = (authority.client(), authority.server("127.0.0.1", |_| {}));
    let (first, _) = connect(&visitor, &server, "127.0.0.1").expect("a connection");
    // An address is not sent, so that a server would resume either.
    for (host, is_resumed) in [("127.0.0.1", Ok(true)), ("::1", Err("client"))] {
        let one = client(&visitor, host, Some(first.session())).expect("a client");
        let ended = shake(one, Connection::server(&server), &server);
        assert_eq!(ended.map(|(one, _)| one.is_resumed()).map_err(|(who, _)| who), is_resumed, "{host}");
    }
}
