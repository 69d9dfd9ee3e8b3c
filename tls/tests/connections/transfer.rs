//! Bytes both ways, resumption, and the end of a connection.

use wasocket_tls::{Connection, Plaintext, Progress, Settings, VerifyMode};

use crate::authority::Authority;
use crate::peers::{self, carry, connect, read_all};

#[test]
fn many_bytes_arrive_as_they_were_sent_both_ways_in_both_versions() {
    for tls13 in [false, true] {
        let authority = Authority::new();
        let (mut client, server) = (authority.client(), authority.server("host.test", |_| {}));
        client.set(Settings { tls12: !tls13, tls13, ..Settings::default() });
        let (mut one, mut other) = connect(&client, &server, "host.test").expect("a connection");
        assert_eq!(one.version(), Some(if tls13 { "TLSv1.3" } else { "TLSv1.2" }));
        for round in 0_u8..4 {
            let data: Vec<u8> = (0..1_000_003_usize).map(|at| (at % 251) as u8 ^ round).collect();
            one.write(&data).expect("room");
            assert!(read_all(&mut one, &mut other) == Ok(data.clone()), "to the server, round {round}");
            other.write(&data).expect("room");
            assert!(read_all(&mut other, &mut one) == Ok(data), "to the client, round {round}");
        }
    }
}

#[test]
fn what_says_nothing_is_sent_with_what_follows_it() {
    let authority = Authority::new();
    let (client, server) = (authority.client(), authority.server("host.test", |_| {}));
    let mut one = peers::client(&client, "host.test", None).expect("a client");
    let mut other = Connection::server(&server);
    carry(&mut one, &mut other, &server).expect("records");
    let mut flight = other.output();
    let mut sent_early = Vec::new();
    while !flight.is_empty() && one.output().is_empty() {
        let (now, rest) = flight.split_at(one.wanted().clamp(1, flight.len()));
        one.feed(now).expect("records");
        one.progress().expect("no failure");
        sent_early.push(one.output().len());
        flight = rest;
    }
    assert!(flight.is_empty() && sent_early.len() > 2, "the last record alone is answered: {sent_early:?}");
    let change_cipher_spec = &[20, 3, 3, 0, 1, 1];
    assert!(one.output().starts_with(change_cipher_spec) && one.output().len() > change_cipher_spec.len());
}

#[test]
fn a_session_is_resumed_only_under_the_same_settings() {
    let authority = Authority::new();
    let (mut client, server) = (authority.client(), authority.server("host.test", |_| {}));
    let (first, _) = connect(&client, &server, "host.test").expect("a connection");
    let session = first.session().clone();
    let mut resume = |settings: Settings| {
        client.set(settings);
        let mut one = peers::client(&client, "host.test", Some(&session)).expect("a client");
        let mut other = Connection::server(&server);
        for _ in 0..4 {
            carry(&mut one, &mut other, &server).expect("records");
            carry(&mut other, &mut one, &client).expect("records");
        }
        assert_eq!(one.progress(), Ok(Progress::Done));
        one.is_resumed()
    };
    assert!(resume(Settings::default()));
    assert!(!resume(Settings { verify_flags: 0x20, ..Settings::default() }), "a stricter verifier has not seen it");
}

#[test]
fn an_end_is_told_from_a_cut() {
    let authority = Authority::new();
    let (client, server) = (authority.client(), authority.server("host.test", |_| {}));
    let (mut one, mut other) = connect(&client, &server, "host.test").expect("a connection");
    one.write(b"last words").expect("room");
    one.close().expect("an end");
    carry(&mut one, &mut other, &server).expect("records");
    assert_eq!(other.read(100), Ok(Plaintext::Data(b"last words".to_vec())));
    assert_eq!(other.read(100), Ok(Plaintext::Closed));
    assert!(other.is_peer_closed() && other.feed_end().is_ok());
    assert!(one.write(b"more").is_err_and(|error| error.reason == "PROTOCOL_IS_SHUTDOWN"));
    assert!(one.feed_end().is_err_and(|error| error.reason == "UNEXPECTED_EOF_WHILE_READING"));
}

#[test]
fn protocols_in_common_are_chosen_and_none_is_no_error() {
    let authority = Authority::new();
    for (offered, chosen) in [(vec![b"two".to_vec()], Some(&b"two"[..])), (vec![b"three".to_vec()], None)] {
        let (mut client, mut server) = (authority.client(), authority.server("host.test", |_| {}));
        client.set(Settings { protocols: offered, ..Settings::default() });
        server.set(Settings {
            protocols: vec![b"one".to_vec(), b"two".to_vec()],
            verify_mode: VerifyMode::None,
            check_host: None,
            ..Settings::default()
        });
        let (one, other) = connect(&client, &server, "host.test").expect("a connection");
        assert_eq!((one.protocol(), other.protocol()), (chosen, chosen));
    }
}
