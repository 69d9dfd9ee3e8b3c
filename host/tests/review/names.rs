//! Finding 2: a rule on a name opens an address only while the address is pinned to the name.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::thread;

use super::fixture::{Turn, is_untouched};
use super::way::{Script, WAYS, Way, came, in_time};

/// How long an address counts that a rule gives to a name.
const HOUR: u64 = 3600;
const DENIED: &str = "access-denied";

fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

fn rule(protocol: &str, address: SocketAddr) -> String {
    format!("[allow]\noutbound = ['{protocol}://db.test->{address}']")
}

#[test]
fn a_name_opens_its_address_for_its_time_and_no_longer() {
    let _turn = Turn::take();
    for way in WAYS {
        let (_listener, address) = listener();
        let script = Script::on(way)
            .connected("before", address)
            .look_up("db.test")
            .connected("a", address)
            .close("a")
            .passes(HOUR - 1)
            .connected("b", address)
            .close("b")
            .passes(1)
            .connected("c", address)
            .connected("d", address)
            .look_up("db.test")
            .connected("e", address);
        let answers = script.run(&in_time(&rule("tcp", address)));
        assert_eq!(answers, [DENIED, "127.0.0.1", "ok", "ok", DENIED, DENIED, "127.0.0.1", "ok"], "{way:?}");
    }
}

#[test]
fn a_connection_continues_what_is_known_and_its_end_ends_it() {
    let _turn = Turn::take();
    for way in WAYS {
        let (_listener, address) = listener();
        let script = Script::on(way)
            .look_up("db.test")
            .connected("a", address)
            .passes(2 * HOUR)
            .connected("b", address)
            .close("a")
            .passes(HOUR)
            .connected("c", address)
            .close("b")
            .close("c")
            .connected("d", address);
        let answers = script.run(&in_time(&rule("tcp", address)));
        assert_eq!(answers, ["127.0.0.1", "ok", "ok", "ok", DENIED], "{way:?}");
    }
}

#[test]
fn a_refused_attempt_holds_nothing() {
    let _turn = Turn::take();
    for way in WAYS {
        let (untouched, address) = listener();
        let (elsewhere, other) = listener();
        let script = Script::on(way)
            .look_up("db.test")
            // As long as the address is known; the sockets stay open.
            .connected("a", other)
            .passes(HOUR)
            .connected("b", address)
            .connected("c", address)
            .step(format!("connect b {address}"))
            .passes(1)
            .connected("d", address);
        let answers = script.run(&in_time(&rule("tcp", address)));
        assert_eq!(answers, ["127.0.0.1", DENIED, DENIED, DENIED, DENIED, DENIED], "{way:?}");
        assert!(is_untouched(&untouched) && is_untouched(&elsewhere), "{way:?}");
    }
}

#[test]
fn a_failed_connection_holds_nothing() {
    let _turn = Turn::take();
    for way in WAYS {
        let (gone, address) = listener();
        drop(gone);
        let script = Script::on(way)
            .look_up("db.test")
            .connected("a", address)
            .passes(HOUR)
            .connected("b", address)
            .connected("c", address);
        let answers = script.run(&in_time(&rule("tcp", address)));
        assert_eq!(answers, ["127.0.0.1", "connection-refused", DENIED, DENIED], "{way:?}");
    }
}

/// A rule that another name has for the address stays what it is.
#[test]
fn each_name_has_its_own_time() {
    let _turn = Turn::take();
    for way in WAYS {
        let ((_listener, address), (_other, second)) = (listener(), listener());
        let policy = format!("[allow]\noutbound = ['tcp://one.test->{address}', 'tcp://two.test->{second}']");
        let script = Script::on(way)
            .look_up("one.test")
            .connected("a", second)
            .passes(HOUR / 2)
            .look_up("two.test")
            // Held: what was known when it came to be, under both names.
            .connected("b", address)
            .passes(HOUR / 2)
            .connected("c", second)
            .close("c")
            .close("b")
            .connected("d", address)
            .connected("e", second);
        let answers = script.run(&in_time(&policy));
        assert_eq!(answers, ["127.0.0.1", DENIED, "127.0.0.1", "ok", "ok", DENIED, "ok"], "{way:?}");
    }
}

#[test]
fn datagrams_keep_a_name_known_and_wake_none() {
    let _turn = Turn::take();
    for way in WAYS {
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = peer.local_addr().unwrap();
        let script = Script::on(way)
            .udp("u", "0.0.0.0:0")
            .send("u", address)
            .look_up("db.test")
            .send("u", address)
            .passes(HOUR - 1)
            .send("u", address)
            .passes(59)
            .send("u", address)
            .passes(60)
            .send("u", address)
            .send("u", address)
            .udp("v", "0.0.0.0:0")
            .send("v", address);
        let answers = script.run(&in_time(&rule("udp", address)));
        let sent = "sent";
        assert_eq!(answers, ["ok", DENIED, "127.0.0.1", sent, sent, sent, DENIED, DENIED, "ok", DENIED], "{way:?}");
        let came = std::iter::from_fn(|| came(&peer)).count();
        assert_eq!(came, 3, "{way:?}");
    }
}

/// A peer is an address that one may send to without naming it, and no connection that holds a name.
#[test]
fn a_peer_of_datagrams_holds_no_name() {
    let _turn = Turn::take();
    for way in WAYS {
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = peer.local_addr().unwrap();
        let script = Script::on(way)
            .look_up("db.test")
            .udp("u", "0.0.0.0:0")
            .peer("u", address)
            .passes(HOUR)
            .udp("v", "0.0.0.0:0")
            .send("v", address)
            .peer("v", address);
        let answers = script.run(&in_time(&rule("udp", address)));
        assert_eq!(answers, ["127.0.0.1", "ok", "ok", "ok", DENIED, DENIED], "{way:?}");
    }
}

#[test]
fn a_request_by_address_ends_with_the_name_and_one_by_name_asks_anew() {
    let _turn = Turn::take();
    let (listener, address) = listener();
    let server = thread::spawn(move || {
        for _ in 0..3 {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = Vec::new();
            while !request.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte).unwrap();
                request.extend(byte);
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi").unwrap();
        }
        listener
    });
    let by_address = format!("fetch http {address} /");
    let by_name = format!("fetch http db.test:{} /", address.port());
    let script = Script::on(Way::Wasi)
        .step(&by_address)
        .look_up("db.test")
        .step(&by_address)
        .passes(HOUR)
        .step(&by_address)
        .step(&by_address)
        .step(&by_name)
        .step(&by_address)
        .passes(HOUR)
        .step(&by_address);
    let answers = script.run(&in_time(&rule("tcp", address)));
    let denied = "ErrorCode::HttpRequestDenied";
    assert_eq!(answers, [denied, "127.0.0.1", "200 hi", denied, denied, "200 hi", "200 hi", denied]);
    assert!(is_untouched(&server.join().unwrap()));
}
