//! Guests that do something without end: others on their thread have their turns, and they can be killed.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::beside::beside;
use super::fixture::{Guest, Turn};
use super::way::Way;

/// An address of this machine where nobody is.
fn nobody() -> SocketAddr {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

fn policy(extra: &str) -> Guest {
    Guest::new(&format!(
        "[allow]\noutbound = ['udp://127.0.0.1:*', 'tcp://127.0.0.1:*', 'tcp://db.test->127.0.0.1:*']\n\
         inbound = ['udp://127.0.0.2:0']\n{extra}"
    ))
}

#[test]
fn lookups_without_end() {
    let _turn = Turn::take();
    // A name server that hears everything and says nothing.
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let dns = format!("dns = '{}'\n[allow]\nresolve = ['*.test']", silent.local_addr().unwrap());
    for (way, forever) in [(Way::Wasi, "times max"), (Way::Host, "forever")] {
        for lookup in ["resolve db.test", "resolve refused.example", "resolve localhost", "resolve 127.0.0.1"] {
            beside(policy(""), way, &[&format!("{forever} {lookup}")]);
        }
        for lookup in ["resolve a.test", "lookup a.test l"] {
            beside(Guest::new(&dns), way, &[&format!("{forever} {lookup}")]);
        }
        beside(Guest::new(&dns), way, &["lookup a.test l", &format!("{forever} lookup b.test l")]);
        let few = format!("{dns}\n[limits]\nlookups-in-flight = 2\nlookups-per-second = 2");
        beside(Guest::new(&few), way, &[&format!("{forever} lookup a.test l")]);
    }
}

#[test]
fn polls_without_end() {
    let _turn = Turn::take();
    beside(policy(""), Way::Wasi, &["udp4 u", "storm u 500 max"]);
    beside(policy(""), Way::Host, &["udp4 u", "storm u 500 1000000000"]);
    for poll in ["poll u writable", "poll u readable now", "poll-set u writable", "poll-set u readable now"] {
        beside(policy(""), Way::Host, &["udp4 u", &format!("forever {poll}")]);
    }
}

#[test]
fn datagrams_without_end_to_where_nobody_is() {
    let _turn = Turn::take();
    let remote = nobody();
    let connect = format!("connect u {remote}");
    for step in [
        format!("forever sendto u {remote} hello"),
        format!("forever sendto u {remote} hello now"),
        format!("forever sendto u {remote} *60000 segment 600"),
        "forever recv u 9 now".to_owned(),
        "forever recvfrom u 9 now error-queue".to_owned(),
    ] {
        beside(policy(""), Way::Host, &["udp4 u", &step]);
    }
    // With a peer, each second call tells that nobody is there.
    for step in ["forever send u hello", "forever send u hello for 9000", "forever sendmsg u hello"] {
        beside(policy(""), Way::Host, &["udp4 u", &connect, step]);
    }
    beside(policy(""), Way::Host, &["udp4 u", &connect, "send u hello", "recv u 9", "recv u 9 never"]);
    let slow = policy("[limits]\ndatagrams-per-second = 1");
    beside(slow, Way::Host, &["udp4 u", &format!("forever sendto u {remote} hello")]);
    let udp = ["udp4 u", "bind u 0.0.0.0:0", "stream u"];
    for step in ["times max check-send u", "times max receive u max", "times max send u 0"] {
        beside(policy(""), Way::Wasi, &[udp[0], udp[1], udp[2], step]);
    }
}

#[test]
fn connections_without_end() {
    let _turn = Turn::take();
    // Of a free port of TCP: nobody listens there either.
    let remote = { super::fixture::listener().1 };
    let address = format!("127.0.0.1:{remote}");
    for step in [
        format!("forever connect t {address}"),
        format!("forever connect t {address} now"),
        "forever connect t 127.0.0.9:1".to_owned(),
        format!("forever sendto t {address} hello fast-open"),
        "forever disconnect t".to_owned(),
        "forever tcp4 t".to_owned(),
        "forever udp6 t".to_owned(),
        "forever pair a b stream".to_owned(),
        "forever getint t 1 3".to_owned(),
        "forever setint t 1 25 0".to_owned(),
        "forever setint t 1 62 1".to_owned(),
        "forever bind t 127.0.0.9:1".to_owned(),
    ] {
        beside(policy(""), Way::Host, &["tcp4 t", &step]);
    }
    beside(policy(""), Way::Host, &["pair a b stream", "forever times 2 pass a a"]);
    for step in ["times max tcp4 t", "times max local t", "times max connect t 127.0.0.9:1"] {
        beside(policy(""), Way::Wasi, &["tcp4 t", step]);
    }
}

/// Someone who sends to a port, as fast as this machine lets it, until this is dropped.
struct Flood {
    stop: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Flood {
    /// Starts when the guest has told the `friend` where it is.
    fn wait_for(friend: UdpSocket) -> Self {
        let stop = Arc::<AtomicBool>::default();
        let is_over = Arc::clone(&stop);
        let thread = thread::spawn(move || {
            let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
            friend.set_read_timeout(Some(super::fixture::PATIENCE)).unwrap();
            let (_, guest) = friend.recv_from(&mut [0; 64]).unwrap();
            while !is_over.load(Ordering::Relaxed) {
                // Once the guest is gone, the system says so.
                drop(stranger.send_to(b"nobody asked for this", guest));
            }
        });
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Flood {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

#[test]
fn a_flood_of_datagrams_that_may_not_come_in() {
    let _turn = Turn::take();
    for (way, waits) in [
        (Way::Host, &["recvfrom u 9 never"][..]),
        (Way::Host, &["recv u 9 for 600000"]),
        (Way::Host, &["recv u 9 peek never"]),
        (Way::Host, &["forever recv u 9 now"]),
        (Way::Host, &["forever poll u readable"]),
        (Way::Wasi, &["times max wait u.in"]),
        (Way::Wasi, &["receive u max", "times max receive u 1"]),
    ] {
        let friend = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = friend.local_addr().unwrap();
        let guest = Guest::new(&format!("[allow]\noutbound = ['udp://{address}']"));
        let flood = Flood::wait_for(friend);
        let mut script = vec!["udp4 u".to_owned(), "bind u 0.0.0.0:0".to_owned()];
        match way {
            Way::Wasi => {
                script.extend(["stream u", "check-send u"].map(str::to_owned));
                script.push(format!("send u 1 {address}"));
            }
            Way::Host => script.push(format!("sendto u {address} hello")),
        }
        script.extend(waits.iter().map(ToString::to_string));
        let script: Vec<&str> = script.iter().map(String::as_str).collect();
        beside(guest, way, &script);
        drop(flood);
    }
}
