//! Waits that a signal ends: on a thread and on the runtime, a signal that was there before and one that comes meanwhile.

use wasmtime_wasi::p2::Pollable as _;

use super::super::waiting::WaitOn;
use super::*;
use crate::signals::{Disposition, Signal, Signals};

fn told(wait_on: WaitOn) -> (Arc<Sockets>, Signals) {
    let mut policy = Policy::new();
    policy.allow_everything().unwrap();
    let signals = Signals::new();
    signals.set_disposition(Signal::USER_1, Disposition::Catch);
    (Sockets::waiting_on(Network::new(policy, |_| ()), "localhost", wait_on, signals.clone()), signals)
}

/// Sends the signal once the guest waits, or a little before.
fn soon_sent(signals: &Signals) {
    let signals = signals.clone();
    std::thread::spawn(move || signals.send(Signal::USER_1));
}

#[tokio::test]
async fn every_wait_ends_with_a_signal_and_says_so() {
    for wait_on in [WaitOn::Thread, WaitOn::Runtime] {
        let (sockets, signals) = told(wait_on);
        let (client, server) = connected(&sockets).await;
        let set = PollSet::create(&sockets).unwrap();
        set.add_socket(7, &client, Readiness::READABLE, Trigger::empty()).unwrap();
        let source = [(client.as_fd(), Readiness::READABLE)];
        for until in [HostDeadline::Never, HostDeadline::At(Instant::now() + Duration::from_secs(3600))] {
            soon_sent(&signals);
            assert_eq!(code(client.recv(1, none(), until).await), Some(Errno::Interrupted), "{wait_on:?}");
            assert_eq!(signals.take().bits(), 1 << 9);
            soon_sent(&signals);
            assert_eq!(code(set.wait(until, 9).await), Some(Errno::Interrupted), "{wait_on:?}");
            assert_eq!(
                code(poll(&source, until, &sockets.waits).await),
                Some(Errno::Interrupted),
                "it is still pending"
            );
            assert_eq!(code(poll(&[], until, &sockets.waits).await), Some(Errno::Interrupted));
            signals.take();
        }
        // What need not wait does not end.
        signals.send(Signal::USER_1);
        assert_eq!(code(client.recv(1, none(), HostDeadline::Now).await), Some(Errno::WouldBlock));
        assert!(set.wait(HostDeadline::Now, 9).await.unwrap().is_empty());
        server.send(b"xy", none(), HostDeadline::Never).await.unwrap();
        assert_eq!(client.recv(1, none(), HostDeadline::Never).await.unwrap(), b"x");
        assert_eq!(set.wait(HostDeadline::Never, 9).await.unwrap().len(), 1);
        signals.take();
        assert_eq!(client.recv(1, none(), HostDeadline::Never).await.unwrap(), b"y");
        assert_eq!(code(client.recv(1, none(), soon()).await), Some(Errno::WouldBlock), "nothing is pending any more");
    }
}

#[tokio::test]
async fn the_token_of_signals_is_the_hosts_own() {
    let (sockets, signals) = told(WaitOn::Thread);
    let (client, _server) = connected(&sockets).await;
    let mut set = PollSet::create(&sockets).unwrap();
    let added = set.add_socket(u64::MAX, &client, Readiness::WRITABLE, Trigger::empty());
    assert_eq!(code(added), Some(Errno::InvalidArgument));
    signals.send(Signal::USER_1);
    set.ready().await;
    assert_eq!(code(set.wait(HostDeadline::Never, 9).await), Some(Errno::Interrupted));
}
