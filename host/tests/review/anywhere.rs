//! Finding 3: the wildcard as a destination is the loopback that was judged, and never the address that a socket comes from.
//!
//! The system takes 0.0.0.0 for the socket's own address. So the attacker's socket comes from 127.0.0.2, where the victim is,
//! and nothing but 127.0.0.1 may be reached.

use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Socket, Type};

use super::fixture::{Guest, Turn};
use super::way::{Script, WAYS, Way, caller, came, on_host, twins, udp_twins};

/// What the guest may reach, with a victim beside it, and where it may be bound.
fn policy(protocol: &str, port: u16) -> String {
    format!(
        "[allow]\noutbound = ['{protocol}://127.0.0.1:{port}']\n\
         inbound = ['{protocol}://127.0.0.2:*', '{protocol}://[::1]:*']"
    )
}

/// Who came to the friend, and who to the victim.
fn callers(twins: &(TcpListener, TcpListener)) -> [Option<String>; 2] {
    [&twins.0, &twins.1].map(|listener| caller(listener).map(|peer| peer.ip().to_string()))
}

fn from_the_second() -> [Option<String>; 2] {
    [Some("127.0.0.2".to_owned()), None]
}

/// The attack by the system's own means, and by a guest that may.
#[test]
fn the_victim_can_be_reached() {
    let _turn = Turn::take();
    let listeners = twins();
    let port = listeners.0.local_addr().unwrap().port();
    let any = SocketAddr::from(([0, 0, 0, 0], port));
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from(([127, 0, 0, 2], 0)).into()).unwrap();
    socket.connect(&any.into()).unwrap();
    assert_eq!(callers(&listeners), [None, Some("127.0.0.2".to_owned())]);
    for way in WAYS {
        let guest = Guest::new(&format!("[allow]\noutbound = ['tcp://127.0.0.2:{port}']"));
        let answers = Script::on(way).connected("a", SocketAddr::from(([127, 0, 0, 2], port))).run(&guest);
        assert_eq!(answers, ["ok"], "{way:?}");
        assert!(callers(&listeners)[1].is_some(), "{way:?}");
    }
}

#[test]
fn a_connection_to_anywhere_goes_to_the_loopback() {
    let _turn = Turn::take();
    let listeners = twins();
    let port = listeners.0.local_addr().unwrap().port();
    let options = ["setint a 41 26 0", "setint a 6 30 1"];
    let mapped = "bind a [::ffff:127.0.0.2]:0";
    for (script, last) in [
        (&["tcp4 a", "bind a 127.0.0.2:0", "connect a 0.0.0.0:PORT"][..], "ok"),
        (&["tcp4 a", "bind a 127.0.0.2:0", "connect a 0.0.0.0:PORT now", "poll a writable"], "writable"),
        (&["tcp4 a", "bind a 127.0.0.2:0", "connect a 0.0.0.0:PORT for 9000"], "ok"),
        (&["tcp4 a", "bind a 127.0.0.2:0", "sendto a 0.0.0.0:PORT hello fast-open"], "sent 5"),
        (&["tcp4 a", "bind a 127.0.0.2:0", options[1], "connect a 0.0.0.0:PORT", "send a hello"], "sent 5"),
        (&["tcp6 a", options[0], mapped, "connect a [::ffff:0.0.0.0]:PORT"], "ok"),
        // Bound to an address of IPv4, it is that one's loopback.
        (&["tcp6 a", options[0], mapped, "connect a [::]:PORT"], "ok"),
        (&["tcp6 a", options[0], mapped, "sendto a [::]:PORT hello fast-open"], "sent 5"),
    ] {
        let script: Vec<String> = script.iter().map(|step| step.replace("PORT", &port.to_string())).collect();
        let script: Vec<&str> = script.iter().map(String::as_str).collect();
        let lines = on_host(&Guest::new(&policy("tcp", port)), &script);
        // Whether data goes with the first packet depends on what the system remembers of the peer.
        let said = lines.last().unwrap();
        assert!(
            said == last || (script.last().is_some_and(|step| step.ends_with("fast-open")) && said == "in-progress"),
            "{script:?}: {lines:?}"
        );
        assert_eq!(callers(&listeners), from_the_second(), "{script:?}: {lines:?}");
        // A rule that denies the victim makes no difference, nor one that allows all the rest.
        let deny = format!(
            "[allow]\noutbound = ['tcp://*:*']\ninbound = ['tcp://*:*']\n[deny]\noutbound = ['tcp://127.0.0.2:{port}']"
        );
        on_host(&Guest::new(&deny), &script);
        assert_eq!(callers(&listeners), from_the_second(), "{script:?}");
        // And where 127.0.0.1 itself is closed, nobody is reached.
        let closed = policy("tcp", port).replace("outbound = ['tcp://127.0.0.1:", "outbound = ['tcp://127.0.0.3:");
        let lines = on_host(&Guest::new(&closed), &script);
        assert!(lines.contains(&"access-denied".to_owned()), "{script:?}: {lines:?}");
        assert_eq!(callers(&listeners), [None, None], "{script:?}");
    }
}

/// An address of IPv6 alone is what a socket means that is not bound to one of IPv4.
#[test]
fn anywhere_of_ipv6_is_its_own_loopback() {
    let _turn = Turn::take();
    let listeners = twins();
    let port = listeners.0.local_addr().unwrap().port();
    let Ok(six) = TcpListener::bind(SocketAddr::from(([0, 0, 0, 0, 0, 0, 0, 1], port))) else { return };
    let connect = format!("connect a [::]:{port}");
    let guest =
        |rule: &str| Guest::new(&format!("[allow]\noutbound = ['tcp://{rule}:{port}']\ninbound = ['tcp://*:*']"));
    assert_eq!(on_host(&guest("[::1]"), &["tcp6 a", &connect]), ["ok", "ok"]);
    assert_eq!(caller(&six).unwrap().ip().to_string(), "::1");
    assert_eq!(on_host(&guest("127.0.0.1"), &["tcp6 a", &connect]), ["ok", "access-denied"]);
    // With both families in one socket, a rule on the one is none on the other.
    let both = ["tcp6 a", "setint a 41 26 0", "bind a [::ffff:0.0.0.0]:0", &connect];
    assert_eq!(on_host(&guest("[::1]"), &both)[2..], ["ok", "access-denied"]);
    assert_eq!(on_host(&guest("127.0.0.1"), &both)[2..], ["ok", "ok"]);
    assert_eq!(callers(&listeners), [Some("127.0.0.1".to_owned()), None]);
    assert!(caller(&six).is_none());
}

#[test]
fn a_datagram_to_anywhere_goes_to_the_loopback() {
    let _turn = Turn::take();
    let sockets = udp_twins();
    let port = sockets.0.local_addr().unwrap().port();
    for (script, last) in [
        (&["udp4 a", "bind a 127.0.0.2:0", "sendto a 0.0.0.0:PORT hello"][..], "sent 5"),
        (&["udp4 a", "bind a 127.0.0.2:0", "connect a 0.0.0.0:PORT", "send a hello"], "sent 5"),
        (&["udp4 a", "sendto a 0.0.0.0:PORT hello from 127.0.0.2"], "sent 5"),
        (&["udp4 a", "bind a 127.0.0.2:0", "sendto a 0.0.0.0:PORT hello from 127.0.0.2"], "sent 5"),
        (&["udp6 a", "setint a 41 26 0", "sendto a [::ffff:0.0.0.0]:PORT hello from ::ffff:127.0.0.2"], "sent 5"),
        (
            &["udp6 a", "setint a 41 26 0", "bind a [::ffff:127.0.0.2]:0", "sendto a [::ffff:0.0.0.0]:PORT hello"],
            "sent 5",
        ),
        (&["udp6 a", "setint a 41 26 0", "bind a [::ffff:127.0.0.2]:0", "sendto a [::]:PORT hello"], "sent 5"),
        (
            &["udp6 a", "setint a 41 26 0", "bind a [::ffff:127.0.0.2]:0", "connect a [::]:PORT", "send a hello"],
            "sent 5",
        ),
    ] {
        let script: Vec<String> = script.iter().map(|step| step.replace("PORT", &port.to_string())).collect();
        let script: Vec<&str> = script.iter().map(String::as_str).collect();
        let lines = on_host(&Guest::new(&policy("udp", port)), &script);
        assert_eq!(lines.last().unwrap(), last, "{script:?}: {lines:?}");
        let sender = came(&sockets.0).map(|sender| sender.ip().to_string());
        assert_eq!((sender.as_deref(), came(&sockets.1)), (Some("127.0.0.2"), None), "{script:?}: {lines:?}");
        let closed = policy("udp", port).replace("outbound = ['udp://127.0.0.1:", "outbound = ['udp://127.0.0.3:");
        let lines = on_host(&Guest::new(&closed), &script);
        assert!(lines.contains(&"access-denied".to_owned()), "{script:?}: {lines:?}");
        assert_eq!((came(&sockets.0), came(&sockets.1)), (None, None), "{script:?}: {lines:?}");
    }
    // That the victim would hear it, if it went there.
    let direct = format!("sendto a 127.0.0.2:{port} hello");
    let open = Guest::new(&format!("[allow]\noutbound = ['udp://127.0.0.2:{port}']"));
    assert_eq!(on_host(&open, &["udp4 a", &direct]), ["ok", "sent 5"]);
    assert!(came(&sockets.1).is_some());
}

/// WASI knows no such destination.
#[test]
fn plain_wasi_goes_nowhere() {
    let _turn = Turn::take();
    let (listeners, sockets) = (twins(), udp_twins());
    let (tcp, udp) = (listeners.0.local_addr().unwrap().port(), sockets.0.local_addr().unwrap().port());
    let guest = Guest::new(
        "[allow]\noutbound = ['tcp://127.0.0.1:*', 'udp://127.0.0.1:*']\n\
         inbound = ['tcp://127.0.0.2:*', 'udp://127.0.0.2:*']",
    );
    let any = |port| SocketAddr::from(([0, 0, 0, 0], port));
    let script = Script::on(Way::Wasi)
        .tcp("a")
        .step("bind a 127.0.0.2:0")
        .connect("a", any(tcp))
        .udp("u", "127.0.0.2:0")
        .send("u", any(udp))
        .peer("u", any(udp));
    assert_eq!(script.run(&guest), ["ok", "invalid-argument", "ok", "invalid-argument", "invalid-argument"]);
    assert_eq!(callers(&listeners), [None, None]);
    assert_eq!((came(&sockets.0), came(&sockets.1)), (None, None));
}
