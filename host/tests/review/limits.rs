//! Finding 13: limits hold for requests as for sockets, and datagrams count as the network sees them.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::thread::{self, JoinHandle};

use super::beside::Going;
use super::fixture::{Guest, PATIENCE, Turn, runtime};
use super::way::{Script, WAYS, Way, came};

/// Answers each of so many requests with so many bytes, as far as they are taken: how many bytes of requests came.
fn server(count: usize, length: usize) -> (SocketAddr, JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serving = thread::spawn(move || {
        let mut served = Vec::new();
        for _ in 0..count {
            let (mut stream, _) = listener.accept().unwrap();
            served.push(thread::spawn(move || {
                let mut request = Vec::new();
                while !request.ends_with(b"\r\n\r\n") {
                    let mut byte = [0];
                    if stream.read_exact(&mut byte).is_err() {
                        return request.len();
                    }
                    request.extend(byte);
                }
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
                // A guest that is killed does not take all of it.
                drop(stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&vec![b'x'; length])));
                request.len()
            }));
        }
        served.into_iter().map(|served| served.join().unwrap()).sum()
    });
    (address, serving)
}

/// How many bytes the response has before its body.
fn head(length: usize) -> u64 {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n").len() as u64
}

fn allowing(address: SocketAddr, limits: &str) -> Guest {
    Guest::new(&format!("[allow]\noutbound = ['tcp://{address}', 'udp://127.0.0.1:*']\n{limits}"))
}

/// The bytes that the end of the guest's socket tells of.
fn told(guest: &Guest) -> (Option<u64>, Option<u64>) {
    let events = guest.events();
    let end = events.iter().find(|event| event.event == "socket").expect("the end of a socket is told");
    (end.bytes_sent, end.bytes_received)
}

#[test]
fn a_requests_bytes_are_told() {
    let _turn = Turn::take();
    for length in [2, 100_000] {
        let (address, serving) = server(1, length);
        let guest = allowing(address, "");
        Script::on(Way::Wasi).step(format!("fetch http {address} /")).run(&guest);
        let requested = serving.join().unwrap() as u64;
        assert_eq!(told(&guest), (Some(requested), Some(head(length) + length as u64)));
    }
}

#[test]
fn limits_hold_for_requests() {
    let _turn = Turn::take();
    let (address, serving) = server(3, 2);
    let fetch = |limits: &str| {
        let guest = allowing(address, limits);
        Script::on(Way::Wasi).step(format!("fetch http {address} /")).run(&guest).remove(0)
    };
    for limit in ["sockets = 0", "outbound-connections = 0", "buffer-bytes = 1000"] {
        assert_eq!(fetch(&format!("[limits]\n{limit}")), "ErrorCode::ConnectionLimitReached", "{limit}");
    }
    // The last one has connected before its buffers were known.
    for limit in ["sockets = 1", "outbound-connections = 1"] {
        assert_eq!(fetch(&format!("[limits]\n{limit}")), "200 xx", "{limit}");
    }
    serving.join().unwrap();
    let (address, serving) = server(1, 2);
    let guest = allowing(address, "[limits]\nbuffer-bytes = 20_000_000");
    assert_eq!(Script::on(Way::Wasi).step(format!("fetch http {address} /")).run(&guest), ["200 xx"]);
    serving.join().unwrap();
}

/// At a hundred bytes in a second this takes hours. Another guest has all of it meanwhile.
#[test]
fn a_request_takes_the_time_that_its_bytes_have() {
    let _turn = Turn::take();
    let length = 900_000;
    let (address, serving) = server(2, length);
    let guest = allowing(address, "[limits]\nbytes-per-second = 100");
    let fetch = format!("fetch http {address} /");
    runtime().block_on(async {
        let held_up = Going::start(&guest, Way::Wasi, &["udp4 u", &fetch]);
        held_up.has_done(1).await;
        let free = allowing(address, "");
        let outcome = tokio::time::timeout(PATIENCE, free.perform(&[&fetch])).await.unwrap();
        assert_eq!(outcome.lines[0].len(), "200 ".len() + length, "{:?}", outcome.end);
        assert_eq!(told(&free).1, Some(head(length) + length as u64));
        held_up.kill().await;
    });
    let (sent, received) = told_of_tcp(&guest);
    assert!(sent > 0 && received < length as u64 / 10, "{received} bytes have come");
    serving.join().unwrap();
}

fn told_of_tcp(guest: &Guest) -> (u64, u64) {
    let events = guest.events();
    let mut ends = events.iter().filter(|event| event.event == "socket" && event.protocol == Some("tcp"));
    let end = ends.next().expect("the end of a socket is told");
    (end.bytes_sent.unwrap(), end.bytes_received.unwrap())
}

/// What a guest sends on UDP, as the datagrams that come: all of it, or by the time that another guest, who is free to, has
/// sent three.
fn sent(way: Way, limits: &str, until: Until, steps: impl Fn(SocketAddr) -> Vec<String>) -> usize {
    let bound = || UdpSocket::bind("127.0.0.1:0").unwrap();
    let (receiver, other) = (bound(), bound());
    // Room for all of them.
    socket2::SockRef::from(&receiver).set_recv_buffer_size(1 << 20).unwrap();
    let guest = allowing(other.local_addr().unwrap(), limits);
    let ready = Script::on(way).udp("u", "0.0.0.0:0");
    let steps = steps(receiver.local_addr().unwrap());
    let script: Vec<&str> = ready.steps().into_iter().chain(steps.iter().map(String::as_str)).collect();
    runtime().block_on(async {
        let going = Going::start(&guest, way, &script);
        going.has_done(ready.steps().len()).await;
        let free = allowing(other.local_addr().unwrap(), "");
        let remote = other.local_addr().unwrap();
        let send = Script::on(way).udp("u", "0.0.0.0:0").send("u", remote).send("u", remote).send("u", remote);
        let outcome = free.perform_with(way.program(), &send.steps()).await;
        assert_eq!(std::iter::from_fn(|| came(&other)).count(), 3, "{outcome:?}");
        match until {
            Until::End => {
                let ended = going.has_done(script.len());
                tokio::time::timeout(PATIENCE, ended)
                    .await
                    .unwrap_or_else(|_| panic!("{limits}: no end of {script:?}"));
            }
            Until::Others => _ = going.kill().await,
        }
    });
    std::iter::from_fn(|| came(&receiver)).count()
}

#[derive(Clone, Copy)]
enum Until {
    End,
    Others,
}

fn sent_at_last(way: Way, limits: &str, steps: impl Fn(SocketAddr) -> Vec<String>) -> usize {
    sent(way, limits, Until::End, steps)
}

fn sent_beside(way: Way, limits: &str, steps: impl Fn(SocketAddr) -> Vec<String>) -> usize {
    sent(way, limits, Until::Others, steps)
}

#[test]
fn datagrams_count_as_the_network_sees_them() {
    let _turn = Turn::take();
    let in_parts = |remote: SocketAddr| vec!["setint u 17 103 500".to_owned(), format!("sendto u {remote} *30000")];
    let by_message = |remote: SocketAddr| vec![format!("sendto u {remote} *30000 segment 500")];
    let over_the_option =
        |remote: SocketAddr| vec!["setint u 17 103 5000".to_owned(), format!("sendto u {remote} *30000 segment 500")];
    let with_a_peer = |remote: SocketAddr| {
        vec![format!("connect u {remote}"), "setint u 17 103 500".to_owned(), "send u *30000".to_owned()]
    };
    let scripts: [&dyn Fn(SocketAddr) -> Vec<String>; 4] = [&in_parts, &by_message, &over_the_option, &with_a_peer];
    for (number, script) in scripts.iter().enumerate() {
        // Sixty at once are sixty, and pass at once if so many may in a second.
        assert_eq!(sent_at_last(Way::Host, "", script), 60, "script {number}");
        assert_eq!(sent_at_last(Way::Host, "[limits]\ndatagrams-per-second = 60", script), 60, "script {number}");
        // If one may, they take a minute, in which the other guest is done.
        let slow = "[limits]\ndatagrams-per-second = 1";
        assert_eq!(sent_beside(Way::Host, slow, script), 0, "script {number}");
    }
    // What was set before the datagrams were sent singly counts no more.
    let undone = |remote: SocketAddr| {
        vec!["setint u 17 103 500".to_owned(), "setint u 17 103 0".to_owned(), format!("sendto u {remote} *30000")]
    };
    assert_eq!(sent_at_last(Way::Host, "[limits]\ndatagrams-per-second = 1", undone), 1);
}

/// A second's worth passes at once, and one call that takes more than that waits for all that is over.
#[test]
fn a_call_with_more_than_the_rate_waits() {
    let _turn = Turn::take();
    let parts = |remote: SocketAddr| vec![format!("sendto u {remote} *60000 segment 600")];
    assert_eq!(sent_at_last(Way::Host, "[limits]\ndatagrams-per-second = 100", parts), 100);
    // 99 seconds, which the others do not need.
    assert_eq!(sent_beside(Way::Host, "[limits]\ndatagrams-per-second = 1", parts), 0);
    let bytes = |remote: SocketAddr| vec![format!("sendto u {remote} *60000")];
    assert_eq!(sent_at_last(Way::Host, "[limits]\nbytes-per-second = 60000", bytes), 1);
    assert_eq!(sent_beside(Way::Host, "[limits]\nbytes-per-second = 100", bytes), 0);
}

#[test]
fn several_datagrams_in_a_call_are_several() {
    let _turn = Turn::take();
    for way in WAYS {
        let several = |remote: SocketAddr| match way {
            Way::Wasi => vec!["check-send u".to_owned(), format!("send u 16 {remote}")],
            Way::Host => vec![format!("times 16 sendto u {remote} hello")],
        };
        assert_eq!(sent_at_last(way, "", several), 16, "{way:?}");
        let few = sent_beside(way, "[limits]\ndatagrams-per-second = 1", several);
        assert!(few < 16, "{way:?}: {few}");
        assert_eq!(sent_beside(way, "[limits]\ndatagrams-per-second = 0", several), 0, "{way:?}");
    }
}
