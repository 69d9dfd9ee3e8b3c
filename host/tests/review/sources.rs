//! Finding 17: where packets come from, and by which device, is chosen under the rules that `bind` is under.

use std::net::UdpSocket;

use super::fixture::{Guest, Turn};
use super::way::{came, on_host};

fn policy(inbound: &str, protocol: &str) -> String {
    format!("[allow]\noutbound = ['{protocol}://127.0.0.1:*', '{protocol}://[::1]:*']\ninbound = [{inbound}]")
}

const DENIED: &str = "access-denied";

/// The receiver on 127.0.0.1.
fn receiver() -> (UdpSocket, String) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let address = socket.local_addr().unwrap().to_string();
    (socket, address)
}

#[test]
fn a_datagram_comes_from_where_a_rule_lets_one_be_bound() {
    let _turn = Turn::take();
    let (receiver, address) = receiver();
    let send = format!("sendto u {address} hello from 127.0.0.2");
    let by_numbers =
        format!("sendto u {address} hello control 0 8 \\x00\\x00\\x00\\x00\\x7f\\x00\\x00\\x02\\x00\\x00\\x00\\x00");
    let bare = format!("sendto u {address} hello");
    // A control message of IPv6 on a socket of IPv6, which talks IPv4.
    let mapped_to =
        format!("sendto u [::ffff:127.0.0.1]:{} hello from ::ffff:127.0.0.2", receiver.local_addr().unwrap().port());
    let connect = format!("connect u {address}");
    for (inbound, script, is_sent) in [
        ("", &["udp4 u", &send][..], false),
        ("'udp://127.0.0.1:*'", &["udp4 u", &send], false),
        ("", &["udp4 u", &by_numbers], false),
        ("", &["udp4 u", &bare, &send], false),
        ("", &["udp4 u", &connect, "sendmsg u hello from 127.0.0.2"], false),
        ("'udp://127.0.0.1:*'", &["udp4 u", "bind u 127.0.0.1:0", &send], false),
        ("", &["udp6 u", "setint u 41 26 0", &mapped_to], false),
        ("'tcp://127.0.0.2:*'", &["udp4 u", &send], false),
        ("'udp://127.0.0.2:*'", &["udp4 u", &send], true),
        ("'udp://127.0.0.2:*'", &["udp4 u", &by_numbers], true),
        ("'udp://127.0.0.2:*'", &["udp4 u", "bind u 127.0.0.2:0", &send], true),
        ("'udp://127.0.0.2:*'", &["udp6 u", "setint u 41 26 0", &mapped_to], true),
    ] {
        let lines = on_host(&Guest::new(&policy(inbound, "udp")), script);
        assert_eq!(lines.last().unwrap(), if is_sent { "sent 5" } else { DENIED }, "{inbound} {script:?}: {lines:?}");
        let senders: Vec<_> = std::iter::from_fn(|| came(&receiver)).map(|sender| sender.ip().to_string()).collect();
        assert_eq!(senders.contains(&"127.0.0.2".to_owned()), is_sent, "{inbound} {script:?}");
    }
}

/// Without a source of its own, and from where the socket is, a message needs no rule.
#[test]
fn a_message_from_where_its_socket_is_needs_no_rule() {
    let _turn = Turn::take();
    let (receiver, address) = receiver();
    let script = [
        "udp4 u",
        &format!("sendto u {address} hello from 0.0.0.0"),
        &format!("connect u {address}"),
        "sendmsg u hello from 127.0.0.1",
    ];
    let lines = on_host(&Guest::new(&policy("", "udp")), &script);
    assert_eq!(lines, ["ok", "sent 5", "ok", "sent 5"]);
    assert!(came(&receiver).is_some() && came(&receiver).is_some());
}

/// The index of the loopback, by which a device can be named.
fn loopback() -> String {
    std::fs::read_to_string("/sys/class/net/lo/ifindex").unwrap().trim().to_owned()
}

#[test]
fn a_device_is_its_addresses() {
    let _turn = Turn::take();
    let (_receiver, address) = receiver();
    let index = loopback();
    let by_name = "setbytes s 1 25 lo\\x00";
    let by_index = format!("setint s 1 62 {index}");
    let group4 = format!(
        "setbytes s 0 32 \\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x{:02x}\\x00\\x00\\x00",
        index.parse::<u8>().unwrap()
    );
    let by_message = format!("sendto s {address} hello from 0.0.0.0 device {index}");
    let own = "'udp://127.0.0.1:*', 'tcp://127.0.0.1:*', 'udp://[::1]:*', 'tcp://[::1]:*'";
    for create in ["udp4 s", "tcp4 s"] {
        for option in [by_name, "setbytes s 1 25 lo", &by_index, &group4, &by_message] {
            let is_datagram = create == "udp4 s";
            if !is_datagram && [&group4, &by_message].iter().any(|other| *other == option) {
                continue;
            }
            let protocol = if is_datagram { "udp" } else { "tcp" };
            for (inbound, is_allowed) in [("", false), ("'udp://127.0.0.2:*', 'tcp://127.0.0.2:*'", false), (own, true)]
            {
                let lines = on_host(&Guest::new(&policy(inbound, protocol)), &[create, option]);
                assert_eq!(lines[1] == DENIED, !is_allowed, "{inbound} {create} {option}: {lines:?}");
            }
        }
    }
    // A device that there is not is no way round, and no device at all is none.
    let none = on_host(
        &Guest::new(&policy("", "udp")),
        &["udp4 s", "setint s 1 62 99999", "setbytes s 1 25 nodevice", "setbytes s 1 25 ", "setint s 1 62 0"],
    );
    assert_eq!((none[1].as_str(), none[2].as_str()), ("no-such-device", "no-such-device"), "{none:?}");
    assert_ne!(none[4], DENIED, "{none:?}");
}

#[test]
fn multicast_leaves_where_a_rule_lets_one_be_bound() {
    let _turn = Turn::take();
    let second = "\\x7f\\x00\\x00\\x02";
    let index = loopback();
    let forms = [
        // An address; `struct ip_mreq`; `struct ip_mreqn`.
        format!("setbytes s 0 32 {second}"),
        format!("setbytes s 0 32 \\x00\\x00\\x00\\x00{second}"),
        format!("setbytes s 0 32 \\x00\\x00\\x00\\x00{second}\\x00\\x00\\x00\\x00"),
    ];
    for form in &forms {
        for (inbound, is_allowed) in [("", false), ("'udp://127.0.0.1:*'", false), ("'udp://127.0.0.2:*'", true)] {
            let lines = on_host(&Guest::new(&policy(inbound, "udp")), &["udp4 s", form]);
            assert_eq!(lines[1] == DENIED, !is_allowed, "{inbound} {form}: {lines:?}");
        }
    }
    // By index, of a socket of IPv6.
    let six = format!("setint s 41 17 {index}");
    for (inbound, is_allowed) in [("", false), ("'udp://[::1]:*', 'udp://127.0.0.1:*'", true)] {
        let lines = on_host(&Guest::new(&policy(inbound, "udp")), &["udp6 s", &six]);
        assert_eq!(lines[1] == DENIED, !is_allowed, "{inbound}: {lines:?}");
    }
    let back = on_host(&Guest::new(&policy("", "udp")), &["udp4 s", "setbytes s 0 32 \\x00\\x00\\x00\\x00"]);
    assert_eq!(back, ["ok", "ok"], "the system's own choice needs no rule");
}

/// Without the routing table a packet takes another way than the policy believes: by option, and by flag.
#[test]
fn nothing_goes_round_the_routing_table() {
    let _turn = Turn::take();
    let (receiver, address) = receiver();
    let guest = || Guest::new(&policy("'udp://*:*', 'tcp://*:*'", "udp"));
    let lines = on_host(&guest(), &["udp4 u", "setint u 1 5 1", "tcp4 t", "setint t 1 5 1"]);
    assert_eq!((lines[1].as_str(), lines[3].as_str()), ("not-permitted", "not-permitted"));
    for send in
        [format!("sendto u {address} hello dont-route"), format!("sendto u {address} hello from 127.0.0.2 dont-route")]
    {
        let lines = on_host(&guest(), &["udp4 u", &send]);
        assert_ne!(lines[1], "sent 5", "{send}");
        assert!(came(&receiver).is_none(), "{send}");
    }
    let connect = format!("connect u {address}");
    for send in ["send u hello dont-route", "sendmsg u hello dont-route"] {
        let lines = on_host(&guest(), &["udp4 u", &connect, send]);
        assert_ne!(lines[2], "sent 5", "{send}");
        assert!(came(&receiver).is_none(), "{send}");
    }
    assert_eq!(on_host(&guest(), &["udp4 u", &connect, "send u hello"])[2], "sent 5");
    assert!(came(&receiver).is_some());
}
