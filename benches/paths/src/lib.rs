//! The core's hot paths, each so many times as its caller says, over a network that does nothing but echo.
//!
//! In WebAssembly the instructions of a run repeat to the last one, so they can be kept and compared.

mod echo;

use wasocket::Sockets;
use wasocket::address::{Address, Family, Kind};
use wasocket::message::MessageFlags;
use wasocket::sockets::{Events, Fd, PollEntry};
use wasocket::time::Timeout;

use echo::{Echo, PEER};

/// `send` and `recv` of one byte on a connection.
#[expect(unsafe_code, reason = "a name for the host to call it by")]
#[unsafe(no_mangle)]
pub extern "C" fn round_trip(count: u32) {
    let sockets = Sockets::new(Echo);
    let fd = connected(&sockets, Kind::Stream);
    for _ in 0..count {
        exchange(&sockets, fd);
    }
}

/// The same with datagrams.
#[expect(unsafe_code, reason = "a name for the host to call it by")]
#[unsafe(no_mangle)]
pub extern "C" fn datagram(count: u32) {
    let sockets = Sockets::new(Echo);
    let fd = connected(&sockets, Kind::Datagram);
    for _ in 0..count {
        exchange(&sockets, fd);
    }
}

/// `poll` of 100 connections, one of which is ready.
#[expect(unsafe_code, reason = "a name for the host to call it by")]
#[unsafe(no_mangle)]
pub extern "C" fn poll_100(count: u32) {
    let sockets = Sockets::new(Echo);
    let fds: Vec<Fd> = (0..100).map(|_| connected(&sockets, Kind::Stream)).collect();
    let Some(last) = fds.last() else { return };
    for _ in 0..count {
        send(&sockets, *last);
        let mut entries: Vec<_> = fds.iter().map(|fd| PollEntry::new(*fd, Events::IN)).collect();
        assert_eq!(sockets.poll(&mut entries, Timeout::Blocking), Ok(1));
        receive(&sockets, *last);
    }
}

fn connected(sockets: &Sockets<Echo>, kind: Kind) -> Fd {
    let Ok(fd) = sockets.socket(Family::Inet, kind, 0) else { return 0 };
    assert_eq!(sockets.connect(fd, &Address::Ip(PEER), Timeout::Blocking), Ok(()));
    fd
}

fn exchange(sockets: &Sockets<Echo>, fd: Fd) {
    send(sockets, fd);
    receive(sockets, fd);
}

fn send(sockets: &Sockets<Echo>, fd: Fd) {
    assert_eq!(sockets.send(fd, &[b"x"], MessageFlags::empty(), None, Timeout::Blocking), Ok(1));
}

fn receive(sockets: &Sockets<Echo>, fd: Fd) {
    let received = sockets.receive(fd, 1, MessageFlags::empty(), Timeout::Blocking);
    assert!(received.is_ok_and(|received| received.data == b"x"));
}
