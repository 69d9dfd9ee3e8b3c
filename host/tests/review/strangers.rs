//! Finding 11: an inbound rule of UDP is on the address of a socket, and says nothing of any other socket.

use std::net::{SocketAddr, UdpSocket};
use std::thread::{self, JoinHandle};

use super::fixture::{Guest, PATIENCE, Turn};
use super::way::{Script, WAYS, Way, came};

/// Someone whom the guest may send to, and someone whom no rule names and who hears where the guest is.
struct Peers {
    friend: UdpSocket,
    stranger: UdpSocket,
}

impl Peers {
    fn new() -> Self {
        let bound = || {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            socket.set_read_timeout(Some(PATIENCE)).unwrap();
            socket
        };
        Self { friend: bound(), stranger: bound() }
    }

    fn friend(&self) -> SocketAddr {
        self.friend.local_addr().unwrap()
    }

    fn stranger(&self) -> SocketAddr {
        self.stranger.local_addr().unwrap()
    }

    fn policy(&self, inbound: &str) -> String {
        format!("[allow]\noutbound = ['udp://{}']\ninbound = ['{inbound}']", self.friend())
    }

    /// Each time that the guest says where it is, the stranger speaks first, and then the friend.
    fn speak(self, times: usize) -> JoinHandle<Self> {
        thread::spawn(move || {
            for _ in 0..times {
                let (_, guest) = self.friend.recv_from(&mut [0; 64]).unwrap();
                self.stranger.send_to(b"command", guest).unwrap();
                self.friend.send_to(b"answer", guest).unwrap();
            }
            self
        })
    }
}

fn heard(way: Way, peer: SocketAddr) -> String {
    match way {
        Way::Wasi => "received 1".to_owned(),
        Way::Host => format!("\"answer\" {peer}"),
    }
}

/// Where the rule is on the socket that is spoken to, strangers are heard and answered, and nobody else is.
#[test]
fn a_rule_on_a_sockets_address_lets_strangers_in_there() {
    let _turn = Turn::take();
    for way in WAYS {
        let (peers, other) = (Peers::new(), UdpSocket::bind("127.0.0.1:0").unwrap());
        let (friend, stranger) = (peers.friend(), peers.stranger());
        let guest = Guest::new(&peers.policy("udp://127.0.0.1:0"));
        let speaking = peers.speak(1);
        let script = Script::on(way)
            .udp("u", "127.0.0.1:0")
            .send("u", stranger)
            .send("u", friend)
            .receive("u")
            .quietly(if way == Way::Host { "recvfrom u 64" } else { "family u" })
            .send("u", stranger)
            .send("u", other.local_addr().unwrap());
        let answers = script.run(&guest);
        assert_eq!(answers[..3], ["ok", "access-denied", "sent"], "{way:?}: {answers:?}");
        assert_eq!(answers[4..], ["sent", "access-denied"], "{way:?}: {answers:?}");
        let peers = speaking.join().unwrap();
        assert!(came(&peers.stranger).is_some() && came(&other).is_none(), "{way:?}");
    }
}

#[test]
fn a_rule_on_one_socket_lets_nobody_in_nor_out_at_another() {
    let _turn = Turn::take();
    for way in WAYS {
        // One socket is where the rule is, and hears strangers, in each but the last case.
        for (inbound, first, second) in [
            ("udp://127.0.0.1:0", Some("127.0.0.1:0"), "0.0.0.0:0"),
            ("udp://127.0.0.2:0", Some("127.0.0.2:0"), "0.0.0.0:0"),
            ("udp://127.0.0.1:0", None, "0.0.0.0:0"),
            ("udp://[::1]:*", None, "0.0.0.0:0"),
            ("udp://127.0.0.1:1", None, "0.0.0.0:0"),
        ] {
            let peers = Peers::new();
            let (friend, stranger) = (peers.friend(), peers.stranger());
            let guest = Guest::new(&peers.policy(inbound));
            let speaking = peers.speak(1 + usize::from(first.is_some()));
            let mut script = Script::on(way);
            if let Some(first) = first {
                script = script.udp("a", first).send("a", friend).receive("a");
            }
            let before = first.map_or(0, |_| 3);
            let script = script.udp("u", second).send("u", friend).receive("u").send("u", stranger).send("u", friend);
            let (answers, outcome) = script.outcome(&guest);
            let expected = ["ok", "sent", &heard(way, friend), "access-denied", "sent"];
            assert_eq!(answers[before..], expected, "{way:?} {inbound}: {outcome:?}");
            let peers = speaking.join().unwrap();
            assert!(came(&peers.stranger).is_none(), "{way:?} {inbound}");
            let refused = format!("refused receive udp {stranger} no-rule");
            assert!(outcome.decisions.contains(&refused), "{way:?} {inbound}: {outcome:?}");
        }
    }
}

/// Who was heard by one socket may be answered by that one alone.
#[test]
fn who_was_heard_by_one_socket_is_not_answered_by_another() {
    let _turn = Turn::take();
    for way in WAYS {
        let peers = Peers::new();
        let (friend, stranger) = (peers.friend(), peers.stranger());
        let guest = Guest::new(&peers.policy("udp://127.0.0.1:0"));
        let speaking = peers.speak(1);
        let script = Script::on(way)
            .udp("a", "127.0.0.1:0")
            .udp("b", "127.0.0.1:0")
            .udp("c", "0.0.0.0:0")
            .send("a", friend)
            .receive("a")
            .send("b", stranger)
            .send("c", stranger)
            .peer("c", stranger)
            .send("a", stranger);
        let answers = script.run(&guest);
        let denied = "access-denied";
        assert_eq!(answers[5..], [denied, denied, denied, "sent"], "{way:?}: {answers:?}");
        drop(speaking.join().unwrap());
    }
}

/// A name server's answer comes to a socket without a rule, and that is all that comes.
#[test]
fn a_socket_without_a_rule_still_hears_whom_it_may_ask() {
    let _turn = Turn::take();
    for way in WAYS {
        let peers = Peers::new();
        let friend = peers.friend();
        let guest = Guest::new(&format!("[allow]\noutbound = ['udp://{friend}']"));
        let speaking = peers.speak(1);
        let script = Script::on(way).udp("u", "0.0.0.0:0").send("u", friend).receive("u");
        assert_eq!(script.run(&guest), ["ok", "sent", &heard(way, friend)], "{way:?}");
        drop(speaking.join().unwrap());
    }
}

/// A socket of the interface `host` changes its address by connecting, and what it may hear with it.
#[test]
fn a_socket_that_moves_takes_no_rule_along() {
    let _turn = Turn::take();
    let peers = Peers::new();
    let (friend, stranger) = (peers.friend(), peers.stranger());
    let guest = Guest::new(&peers.policy("udp://127.0.0.1:0"));
    let speaking = peers.speak(2);
    let script = Script::on(Way::Host)
        .quietly("udp4 u")
        // Connecting binds it to 127.0.0.1; ending that leaves 0.0.0.0.
        .step(format!("connect u {friend}"))
        .step("send u hello")
        .step("recvfrom u 64")
        .step("disconnect u")
        .step(format!("sendto u {friend} hello"))
        .step("recvfrom u 64")
        .step(format!("sendto u {stranger} hello"));
    let answers = script.run(&guest);
    let answer = heard(Way::Host, friend);
    assert_eq!(answers, ["ok", "sent", &answer, "ok", "sent", &answer, "access-denied"]);
    drop(speaking.join().unwrap());
}
