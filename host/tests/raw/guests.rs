//! Many guests in one process: each under its own policy, none in the other's way, none leaving anything behind.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasocket_host::policy::{Attempt, Policy, Quota};

use super::fixture::{Guest, PATIENCE, RAW, Turn, drain, listener, runtime};

const LOOPBACK: &str = "[allow]\noutbound = ['tcp://127.0.0.1:*']";

/// All are connected before one of them is answered.
#[test]
fn a_thousand_guests_have_a_connection_each() {
    let _turn = Turn::take();
    let (listener, port) = listener();
    let server = thread::spawn(move || {
        let mut streams: Vec<TcpStream> = (0..GUESTS).map(|_| listener.accept().unwrap().0).collect();
        for stream in &mut streams {
            stream.write_all(b"all are here").unwrap();
        }
        streams.iter_mut().map(drain).filter(|answer| answer == b"thanks").count()
    });
    let connect = format!("connect a 127.0.0.1:{port}");
    let allowed = format!("[allow]\noutbound = ['tcp://127.0.0.1:{port}']");
    runtime().block_on(async {
        let guests: Vec<_> = (0..GUESTS)
            .map(|_| {
                let (guest, connect) = (Guest::new(&allowed), connect.clone());
                tokio::spawn(async move {
                    guest.perform(&["tcp4 a", &connect, "blocking-read a 100", "write a thanks"]).await
                })
            })
            .collect();
        for guest in guests {
            let outcome = guest.await.unwrap();
            assert_eq!(outcome.lines, ["ok", "ok", "all are here", "ok"], "{outcome:?}");
        }
    });
    assert_eq!(server.join().unwrap(), GUESTS);
}

const GUESTS: usize = 1000;

#[test]
fn one_that_computes_for_ever_does_not_starve_the_others() {
    let _turn = Turn::take();
    let (listener, port) = listener();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        for _ in 0..10 {
            let mut bytes = [0; 4];
            stream.read_exact(&mut bytes).unwrap();
            stream.write_all(&bytes).unwrap();
        }
    });
    let (sender, finished) = mpsc::channel();
    // A thread of its own: if the computing guest kept it, the test would say so.
    thread::spawn(move || {
        let outcome = runtime().block_on(async {
            let computing = tokio::spawn(async { Guest::new("").perform(&["spin 0"]).await });
            let connect = format!("connect a 127.0.0.1:{port}");
            let mut script = vec!["tcp4 a".to_owned(), connect];
            script.extend((0..10).flat_map(|_| ["write a ping".to_owned(), "blocking-read a 4".to_owned()]));
            let script: Vec<&str> = script.iter().map(String::as_str).collect();
            let outcome = Guest::new(LOOPBACK).perform(&script).await;
            computing.abort();
            assert!(computing.await.unwrap_err().is_cancelled());
            outcome
        });
        drop(sender.send(outcome));
    });
    let outcome = finished.recv_timeout(PATIENCE).expect("the guest that talks had no turn");
    assert_eq!(outcome.lines[2..], ["ok", "ping"].repeat(10), "{outcome:?}");
    server.join().unwrap();
}

#[test]
fn a_guest_that_is_killed_leaves_nothing_open() {
    let turn = Turn::take();
    let (listener, port) = listener();
    let policy = "[allow]\noutbound = ['tcp://127.0.0.1:*']\ninbound = ['tcp://127.0.0.1:0', 'udp://127.0.0.1:0']\n\
        [limits]\nsockets = 4\noutbound-connections = 1";
    let guest = Guest::new(policy);
    let mut stream = runtime().block_on(async {
        let (host, program) = &*RAW;
        let connect = format!("connect a 127.0.0.1:{port}");
        let script = [
            "tcp4 l",
            "bind l 127.0.0.1:0",
            "listen l",
            "udp4 u",
            "bind u 127.0.0.1:0",
            "stream u",
            "tcp4 a",
            &connect,
            "write a hello",
            "blocking-read a 1",
        ];
        let mut running = Box::pin(host.run(program, guest.grants(&script, MemoryOutputPipe::new(1 << 16))));
        let accepted = tokio::task::spawn_blocking(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = [0; 5];
            stream.read_exact(&mut bytes).unwrap();
            stream
        });
        tokio::select! {
            end = &mut running => panic!("it has ended by itself: {end:?}"),
            stream = accepted => stream.unwrap(),
        }
        // Here `running` is dropped, in the middle of its wait.
    });
    assert_eq!(drain(&mut stream), b"", "its peer sees the end");
    drop(stream);
    assert!(guest.network.take(Quota::Sockets, 4).is_ok());
    assert!(guest.network.take(Quota::OutboundConnections, 1).is_ok());
    assert_eq!(guest.ended_sockets(), 3);
    drop(turn);
}

#[test]
fn another_policy_holds_from_its_moment_on() {
    let _turn = Turn::take();
    let (listener, port) = listener();
    let guest = Guest::new(LOOPBACK);
    let network = guest.network.clone();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = [0; 5];
        stream.read_exact(&mut bytes).unwrap();
        network.replace(Policy::new());
        stream.write_all(b"done").unwrap();
        (drain(&mut stream), listener)
    });
    let connect = |name: &str| format!("connect {name} 127.0.0.1:{port}");
    let outcome = guest.run(&[
        "tcp4 a",
        &connect("a"),
        "write a hello",
        "blocking-read a 4",
        "tcp4 b",
        &connect("b"),
        // What is open stays open.
        "write a bye",
    ]);
    assert_eq!(outcome.lines, ["ok", "ok", "ok", "done", "ok", "access-denied", "ok"], "{outcome:?}");
    assert_eq!(server.join().unwrap().0, b"bye");
}

#[test]
fn a_callback_decides_what_no_rule_decides() {
    let _turn = Turn::take();
    let (listener, port) = listener();
    let asked = Arc::<AtomicUsize>::default();
    let counted = Arc::clone(&asked);
    let guest = Guest::with("[deny]\noutbound = ['tcp://127.0.0.2:*']", |builder| {
        builder.ask(move |attempt| {
            counted.fetch_add(1, Ordering::SeqCst);
            Some(matches!(attempt, Attempt::Connect(remote) if remote.port() == port))
        })
    });
    let outcome = guest.run(&[
        "tcp4 a",
        &format!("connect a 127.0.0.1:{port}"),
        "tcp4 b",
        "connect b 127.0.0.1:1",
        "tcp4 c",
        &format!("connect c 127.0.0.2:{port}"),
        "tcp4 d",
        &format!("connect d 169.254.169.254:{port}"),
    ]);
    let denied = "access-denied";
    assert_eq!(outcome.lines, ["ok", "ok", "ok", denied, "ok", denied, "ok", denied], "{outcome:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 2, "what a rule forbids, and metadata, is nobody's to allow");
    let reasons: Vec<&str> = outcome.decisions.iter().filter_map(|text| text.rsplit(' ').next()).collect();
    assert_eq!(reasons[1..], ["asked", "denied", "metadata"], "{outcome:?}");
    drop(listener);
}
