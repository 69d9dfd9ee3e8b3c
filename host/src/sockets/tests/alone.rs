//! A guest that has its thread for itself: the thread waits, unless the runtime has something to do.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime_wasi::p2::Pollable as _;

use super::super::bindings::wasocket::socket::host::{Readiness, Trigger};
use super::super::errors::HostResult;
use super::super::poll::poll;
use super::super::poll_set::PollSet;
use super::super::socket::Socket;
use super::super::state::Sockets;
use super::super::types::{AddressFamily, Errno, Error, ShutdownType, SocketType};
use super::super::waiting::{HostDeadline, WaitOn};
use super::{code, loopback, none, soon, tcp};
use crate::policy::{Network, Policy};
use crate::signals::Signals;

fn alone() -> Arc<Sockets> {
    let mut policy = Policy::new();
    policy.allow_everything().unwrap();
    Sockets::waiting_on(Network::new(policy, |_| ()), "localhost", WaitOn::Thread, Signals::new())
}

/// A socket that is connected to an echo on another thread, which ends with the connection.
#[expect(clippy::disallowed_methods, reason = "the peer is no guest")]
async fn echoed(sockets: &Arc<Sockets>) -> Socket {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        let mut byte = [0];
        while connection.read(&mut byte).is_ok_and(|count| count > 0) {
            connection.write_all(&byte).unwrap();
        }
    });
    let socket = tcp(sockets);
    socket.connect(loopback(port), HostDeadline::Never).await.unwrap();
    socket
}

#[tokio::test]
async fn it_waits_for_bytes_readiness_and_deadlines() {
    let sockets = alone();
    let socket = echoed(&sockets).await;
    let set = PollSet::create(&sockets).unwrap();
    set.add_socket(7, &socket, Readiness::READABLE, Trigger::empty()).unwrap();
    let source = [(socket.as_fd(), Readiness::READABLE)];
    for until in [HostDeadline::Now, soon()] {
        assert_eq!(code(socket.recv(1, none(), until).await), Some(Errno::WouldBlock), "{until:?}");
        assert!(set.wait(until, 9).await.unwrap().is_empty(), "{until:?}");
        assert_eq!(poll(&source, until, &sockets.waits).await.unwrap(), [Readiness::empty()], "{until:?}");
    }
    for until in [HostDeadline::Never, HostDeadline::At(Instant::now() + Duration::from_secs(3600))] {
        socket.send(b"x", none(), until).await.unwrap();
        let found = set.wait(until, 9).await.unwrap();
        assert!(matches!(&found[..], [event] if event.token == 7 && event.readiness == Readiness::READABLE));
        assert_eq!(poll(&source, until, &sockets.waits).await.unwrap(), [Readiness::READABLE]);
        assert_eq!(socket.recv(1, none(), until).await.unwrap(), b"x");
        socket.send(b"y", none(), until).await.unwrap();
        assert_eq!(socket.recv(1, none(), until).await.unwrap(), b"y");
    }
}

#[tokio::test]
async fn what_runs_beside_it_goes_on() {
    let sockets = alone();
    let (client, server) = super::connected(&sockets).await;
    let late = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(1)).await;
        server.send(b"late", none(), HostDeadline::Never).await.unwrap();
    });
    assert_eq!(client.recv(9, none(), HostDeadline::Never).await.unwrap(), b"late");
    late.await.unwrap();
}

/// A call that waits on a half that is closed comes to its end: as natively, at its deadline, or with nothing if it has none.
fn receives_from_a_closed_half(wait_on: WaitOn, until: fn() -> HostDeadline) -> HostResult<Vec<u8>> {
    let (sender, receiver) = std::sync::mpsc::channel();
    // A thread of its own: a wait that never gives it up could not be interrupted either.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let received = runtime.block_on(async {
            let mut policy = Policy::new();
            policy.allow_everything().unwrap();
            let sockets = Sockets::waiting_on(Network::new(policy, |_| ()), "localhost", wait_on, Signals::new());
            let (one, _other) = Socket::pair(&sockets, AddressFamily::Unix, SocketType::Datagram, 0).unwrap();
            one.shutdown(ShutdownType::Read).unwrap();
            let message = one.recv_message(9, 0, none(), until()).await.map(|message| message.data);
            let bytes = one.recv(9, none(), until()).await;
            let code = |answer: &HostResult<Vec<u8>>| code(answer.as_ref().map(|_| ()).map_err(Error::clone));
            assert_eq!((code(&bytes), bytes.as_ref().ok()), (code(&message), message.as_ref().ok()));
            message
        });
        sender.send(received)
    });
    receiver.recv_timeout(Duration::from_secs(60)).expect("the wait has no end")
}

#[test]
fn waiting_on_a_closed_half_ends() {
    for wait_on in [WaitOn::Thread, WaitOn::Runtime] {
        assert_eq!(code(receives_from_a_closed_half(wait_on, soon)), Some(Errno::WouldBlock), "{wait_on:?}");
        assert_eq!(code(receives_from_a_closed_half(wait_on, || HostDeadline::Now)), Some(Errno::WouldBlock));
        assert_eq!(receives_from_a_closed_half(wait_on, || HostDeadline::Never).unwrap(), b"", "{wait_on:?}");
    }
}

#[tokio::test]
async fn a_sets_pollable_is_ready_as_soon_as_something_in_it_is() {
    let sockets = alone();
    let mut set = PollSet::create(&sockets).unwrap();
    let (one, other) = Socket::pair(&sockets, AddressFamily::Unix, SocketType::Stream, 0).unwrap();
    set.add_socket(1, &other, Readiness::READABLE, Trigger::empty()).unwrap();
    {
        let mut ready = std::pin::pin!(set.ready());
        assert!(at_once(ready.as_mut()).await.is_none(), "nothing has arrived");
        one.send(b"x", none(), HostDeadline::Now).await.unwrap();
        ready.await;
    }
    let found = set.wait(HostDeadline::Now, 9).await.unwrap();
    assert_eq!(found.iter().map(|event| event.token).collect::<Vec<_>>(), [1]);
}

/// Polls a future once: what it yields at once.
async fn at_once<F: Future>(mut future: std::pin::Pin<&mut F>) -> Option<F::Output> {
    std::future::poll_fn(|context| match future.as_mut().poll(context) {
        std::task::Poll::Ready(output) => std::task::Poll::Ready(Some(output)),
        std::task::Poll::Pending => std::task::Poll::Ready(None),
    })
    .await
}
