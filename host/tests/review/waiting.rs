//! A call that waits does so for what it asked for, and delays no other guest.

use std::net::UdpSocket;

use super::beside::beside;
use super::fixture::{Guest, Turn};
use super::way::{Way, on_host};

fn guest() -> Guest {
    Guest::new("[allow]\noutbound = ['udp://127.0.0.1:*', 'tcp://127.0.0.1:*']\ninbound = ['tcp://127.0.0.1:0']")
}

/// As natively: a call with a deadline waits for it, one without ends, since nothing can come any more.
#[test]
fn a_datagram_socket_that_is_shut_for_reading_says_what_the_system_says() {
    let _turn = Turn::take();
    let shut = ["pair a b datagram", "shutdown a read"];
    for (receive, answer) in [
        ("recv a 9 now", "would-block"),
        ("recv a 9 for 20", "would-block"),
        ("recv a 9 never", "\"\""),
        ("recv a 9 never peek", "\"\""),
        ("recvfrom a 9 now", "would-block"),
        ("recvfrom a 9 for 20", "would-block"),
        ("recvfrom a 9 never", "\"\" nobody"),
        ("take a x for 20", "would-block"),
        ("take a x never", "took 0"),
    ] {
        assert_eq!(on_host(&guest(), &[shut[0], shut[1], receive])[2], answer, "{receive}");
    }
    // What has come before is not lost, and the other half is not shut.
    let lines =
        on_host(&guest(), &[shut[0], "send b hello", shut[1], "recv a 9", "recv a 9", "send a back", "recv b 9"]);
    assert_eq!(lines[3..], ["\"hello\"", "\"\"", "sent 4", "\"back\""]);
    // Streams end for every caller.
    for style in ["stream", "packet"] {
        let pair = format!("pair a b {style}");
        for until in ["now", "for 60000", "never"] {
            let receive = format!("recv a 9 {until}");
            assert_eq!(on_host(&guest(), &[&pair, shut[1], &receive])[2], "\"\"", "{style} {until}");
        }
    }
}

#[test]
fn who_waits_for_what_never_comes_keeps_nobody_waiting() {
    let _turn = Turn::take();
    let (peer, listener) = (UdpSocket::bind("127.0.0.1:0").unwrap(), super::fixture::listener().0);
    let (udp, tcp) =
        (format!("connect u {}", peer.local_addr().unwrap()), format!("connect t {}", listener.local_addr().unwrap()));
    for script in [
        // Ready for ever, and nothing to take.
        &["pair a b datagram", "shutdown a read", "recv a 9 for 600000"][..],
        &["pair a b datagram", "shutdown a read", "recvfrom a 9 for 600000"],
        &["pair a b datagram", "shutdown a both", "take a x for 600000"],
        &["pair a b datagram", "shutdown a read", "recv a 9 for 600000 peek"],
        &["pair a b datagram", "shutdown a read", "forever recv a 9 now"],
        &["pair a b datagram", "shutdown a read", "forever recv a 9 never"],
        &["pair a b datagram", "shutdown a read", "forever poll a readable"],
        &["pair a b datagram", "shutdown a read", "forever poll-set a readable"],
        &["udp4 u", &udp, "shutdown u read", "recv u 9 for 600000"],
        &["udp4 u", &udp, "shutdown u read", "recv u 9 peek for 600000"],
        // Its peer is gone.
        &["pair a b datagram", "drop b", "recv a 9 for 600000"],
        &["pair a b stream", "drop b", "forever recv a 9"],
        &["tcp4 t", &tcp, "shutdown t both", "forever recv t 9 for 600000"],
        // Urgent data that nobody has sent, which the system says is there or never comes.
        &["tcp4 t", &tcp, "shutdown t read", "poll t priority"],
        // Nothing comes, and nothing is ready.
        &["pair a b datagram", "recv a 9 never"],
        &["pair a b stream", "recv a 9 for 600000"],
        &["udp4 u", &udp, "recvfrom u 9 never"],
        &["tcp4 t", "bind t 127.0.0.1:0", "listen t", "accept t c never"],
        &["tcp4 t", &tcp, "poll t readable never"],
        &["pair a b datagram", "poll-set a readable never"],
        // Full, and nobody reads.
        &["pair a b stream", "times 64 send a *1048576 now", "send a *65536 never"],
        &["pair a b datagram", "times 2000 send a x now", "send a x never"],
    ] {
        beside(guest(), Way::Host, script);
    }
    for script in [
        &["udp4 u", "bind u 0.0.0.0:0", "stream u", "wait u.in"][..],
        &["tcp4 t", &tcp, "shutdown t receive", "blocking-read t 9", "times max blocking-read t 9"],
        &["tcp4 l", "bind l 127.0.0.1:0", "listen l", "await l c"],
    ] {
        beside(guest(), Way::Wasi, script);
    }
}
