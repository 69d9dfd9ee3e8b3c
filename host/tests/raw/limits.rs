//! The limits on what goes over plain `wasi:sockets`.

use std::io::{Read as _, Write as _};
use std::thread;
use std::time::{Duration, Instant};

use super::fixture::{Guest, Turn, listener};

/// What the system sets aside for a new connection.
fn buffers_of_one() -> usize {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.recv_buffer_size().unwrap() + socket.send_buffer_size().unwrap()
}

#[test]
fn buffers_are_counted_as_large_as_they_are() {
    let _turn = Turn::take();
    let guest = Guest::new(&format!("[limits]\nbuffer-bytes = {}", buffers_of_one()));
    let outcome = guest.run(&[
        "tcp4 a",
        "tcp4 b",
        "get a receive-buffer",
        "set a receive-buffer 200000",
        "get a receive-buffer",
        "set a receive-buffer 8192",
        "set a send-buffer 10000",
        "drop a",
        "tcp4 b",
    ]);
    let full = "out-of-memory";
    let size = &outcome.lines[2];
    assert_eq!(outcome.lines, ["ok", full, size, full, size, "ok", "ok", "ok", "ok"], "{outcome:?}");
}

/// Sends and receives as a guest may, and says how long that took.
fn exchanged(limits: &str, bytes: usize) -> (Duration, Option<u64>, Option<u64>) {
    let (listener, port) = listener();
    let peer = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(&vec![b'x'; bytes]).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut received = Vec::new();
        stream.read_to_end(&mut received).unwrap();
        received.len()
    });
    let guest = Guest::new(&format!("[allow]\noutbound = ['tcp://127.0.0.1:*']\n{limits}"));
    let begin = Instant::now();
    let connect = format!("connect a 127.0.0.1:{port}");
    let outcome = guest.run(&[
        "tcp4 a",
        &connect,
        "drain a",
        "write a thanks",
        "shutdown a send",
        "drop a.in",
        "drop a.out",
        "drop a",
    ]);
    let time = begin.elapsed();
    assert_eq!(outcome.lines, ["ok", "ok", &bytes.to_string(), "ok", "ok", "ok", "ok", "ok"], "{outcome:?}");
    assert_eq!(peer.join().unwrap(), "thanks".len());
    let events = guest.events.lock().unwrap();
    let end = events.iter().find(|event| event.event == "socket").unwrap();
    (time, end.bytes_sent, end.bytes_received)
}

#[test]
fn bytes_pass_as_fast_as_they_may_and_are_counted() {
    let _turn = Turn::take();
    // A second's worth passes at once; the rest takes its time.
    let (time, sent, received) = exchanged("[limits]\nbytes-per-second = 100_000", 130_000);
    assert!(time >= Duration::from_millis(300), "{time:?}");
    assert_eq!((sent, received), (Some(6), Some(130_000)));
    let (_, sent, received) = exchanged("", 130_000);
    assert_eq!((sent, received), (Some(6), Some(130_000)));
}

#[test]
fn datagrams_go_as_fast_as_they_may() {
    let _turn = Turn::take();
    let peer = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let remote = peer.local_addr().unwrap();
    let guest = Guest::new("[allow]\noutbound = ['udp://127.0.0.1:*']\n[limits]\ndatagrams-per-second = 10");
    let send = format!("send u 1 {remote}");
    let mut script = vec!["udp4 u", "bind u 0.0.0.0:0", "stream u"];
    for _ in 0..13 {
        script.extend(["check-send u", &send]);
    }
    let begin = Instant::now();
    let outcome = guest.run(&script);
    let time = begin.elapsed();
    assert!(time >= Duration::from_millis(300), "{time:?}");
    assert_eq!(outcome.lines.iter().filter(|line| *line == "sent 1").count(), 13, "{outcome:?}");
    let mut received = 0;
    peer.set_nonblocking(true).unwrap();
    while peer.recv(&mut [0; 16]).is_ok() {
        received += 1;
    }
    assert_eq!(received, 13);
}
