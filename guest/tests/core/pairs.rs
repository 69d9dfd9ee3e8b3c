//! Pairs in memory, with the meaning of `AF_UNIX`.

use std::time::Duration;

use wasocket::Error;
use wasocket::address::{Address, Family, Kind, Shutdown, UnixAddress};
use wasocket::errno::Errno::*;
use wasocket::message::MessageFlags;
use wasocket::options::{OptionValue, SocketOption};
use wasocket::sockets::{Events, Fd, PollEntry};
use wasocket::time::Timeout::{After, Blocking, NonBlocking};

use crate::scripted::{Program, os, program};

fn pair(program: &Program, kind: Kind) -> (Fd, Fd) {
    program.sockets.socketpair(Family::Unix, kind, 0).unwrap()
}

fn poll_all(program: &Program, fd: Fd) -> u32 {
    let mut entries = [PollEntry::new(fd, Events::from_bits_retain(0xffff))];
    program.sockets.poll(&mut entries, NonBlocking).unwrap();
    entries[0].revents.bits()
}

#[test]
fn bytes_go_both_ways_without_a_network() {
    let program = program();
    let (left, right) = pair(&program, Kind::Stream);
    assert_eq!(program.send(left, b"ab"), Ok(2));
    assert_eq!(program.send(left, b"c"), Ok(1));
    assert_eq!(program.recv(right, 10), Ok(b"abc".to_vec()));
    assert_eq!(program.send(right, b"d"), Ok(1));
    assert_eq!(program.recv(left, 10), Ok(b"d".to_vec()));
    assert!(program.script.log.borrow().is_empty());
}

#[test]
fn bytes_come_in_order_however_they_are_asked_for() {
    let program = program();
    let (left, right) = pair(&program, Kind::Stream);
    for part in [&b"abc"[..], b"de", b"fgh"] {
        program.send(left, part).unwrap();
    }
    assert_eq!(program.recv_with(right, 10, MessageFlags::PEEK, NonBlocking), Ok(b"abcdefgh".to_vec()));
    assert_eq!(program.recv(right, 4), Ok(b"abcd".to_vec()));
    assert_eq!(program.recv(right, 1), Ok(b"e".to_vec()));
    assert_eq!(program.recv(right, 10), Ok(b"fgh".to_vec()));
    assert_eq!(program.recv(right, 10), os(EAGAIN));
}

#[test]
fn messages_keep_their_bounds() {
    let program = program();
    for kind in [Kind::Datagram, Kind::SequentialPacket] {
        let (left, right) = pair(&program, kind);
        program.send(left, b"ab").unwrap();
        program.send(left, b"").unwrap();
        program.send(left, b"cde").unwrap();
        assert_eq!(program.recv(right, 10), Ok(b"ab".to_vec()));
        assert_eq!(program.recv(right, 10), Ok(Vec::new()));
        let cut = program.sockets.receive(right, 1, MessageFlags::empty(), NonBlocking).unwrap();
        assert_eq!((cut.data.as_slice(), cut.flags), (&b"c"[..], MessageFlags::TRUNC));
        assert_eq!(program.recv(right, 10), os(EAGAIN));
    }
}

#[test]
fn closing_ends_the_stream_and_unread_data_resets_it() {
    let program = program();
    let (left, right) = pair(&program, Kind::Stream);
    program.send(left, b"last").unwrap();
    program.sockets.close(left).unwrap();
    assert_eq!(poll_all(&program, right), 0x2355);
    assert_eq!(program.recv(right, 10), Ok(b"last".to_vec()));
    assert_eq!(program.recv(right, 10), Ok(Vec::new()));
    assert_eq!(program.send(right, b"x"), os(EPIPE));

    let (left, right) = pair(&program, Kind::Stream);
    program.send(right, b"unread").unwrap();
    program.sockets.close(left).unwrap();
    assert_eq!(program.recv(right, 10), os(ECONNRESET));
    assert_eq!(program.recv(right, 10), Ok(Vec::new()));
}

#[test]
fn a_full_pair_blocks_nobody_for_ever() {
    let program = program();
    let (left, _right) = pair(&program, Kind::Stream);
    let chunk = vec![0; 300_000];
    let first = program.send(left, &chunk).unwrap();
    assert!(first < chunk.len());
    assert_eq!(poll_all(&program, left) & 0x4, 0);
    assert_eq!(program.send(left, b"x"), os(EAGAIN));
    let blocking = program.sockets.send(left, &[b"x"], MessageFlags::empty(), None, Blocking);
    assert_eq!(blocking, os(EDEADLK));
}

#[test]
fn empty_messages_are_bounded_too() {
    let program = program();
    let (left, _right) = pair(&program, Kind::Datagram);
    let sent = (0..100_000).take_while(|_| program.send(left, b"").is_ok()).count();
    assert!((100..10_000).contains(&sent), "{sent} empty messages were taken");
}

#[test]
fn halves_are_shut_down_one_by_one() {
    let program = program();
    let (left, right) = pair(&program, Kind::Stream);
    program.sockets.shutdown(left, Shutdown::Write).unwrap();
    assert_eq!(program.recv(right, 1), Ok(Vec::new()));
    assert_eq!(program.send(left, b"x"), os(EPIPE));
    assert_eq!(program.send(right, b"back"), Ok(4));
    assert_eq!(program.recv(left, 9), Ok(b"back".to_vec()));
}

#[test]
fn a_short_peek_leaves_all_for_the_next_receive() {
    for kind in [Kind::Stream, Kind::Datagram, Kind::SequentialPacket] {
        let program = program();
        let (left, right) = pair(&program, kind);
        program.send(left, b"hello").unwrap();
        assert_eq!(program.recv_with(right, 1, MessageFlags::PEEK, NonBlocking), Ok(b"h".to_vec()), "{kind:?}");
        assert_eq!(program.recv(right, 9), Ok(b"hello".to_vec()), "{kind:?}");
    }
}

#[test]
fn waiting_for_all_that_nobody_can_send_is_a_deadlock_unless_it_ends() {
    let program = program();
    let (left, right) = pair(&program, Kind::Stream);
    program.send(left, b"ab").unwrap();
    program.send(left, b"c").unwrap();
    assert_eq!(program.recv_with(right, 9, MessageFlags::WAITALL, Blocking), os(EDEADLK));
    assert_eq!(program.recv_with(right, 3, MessageFlags::WAITALL, Blocking), Ok(b"abc".to_vec()));
    let second = OptionValue::Bytes([1_u64, 0].map(u64::to_le_bytes).concat());
    program.sockets.set_option(right, SocketOption::ReceiveTimeout, &second).unwrap();
    program.send(left, b"d").unwrap();
    assert_eq!(program.recv_with(right, 9, MessageFlags::WAITALL, Blocking), Ok(b"d".to_vec()));
    assert_eq!(program.script.now().as_secs(), 1);
    program.send(left, b"e").unwrap();
    program.sockets.shutdown(left, Shutdown::Write).unwrap();
    assert_eq!(program.recv_with(right, 9, MessageFlags::WAITALL, Blocking), Ok(b"e".to_vec()));
}

#[test]
fn datagrams_to_a_shut_end_break_the_pipe() {
    let program = program();
    let (left, right) = pair(&program, Kind::Datagram);
    assert_eq!(program.send(left, b"early"), Ok(5));
    program.sockets.shutdown(right, Shutdown::Read).unwrap();
    assert_eq!(program.send(left, b"x"), os(EPIPE));
    assert_eq!(program.send(right, b"back"), Ok(4));
    assert_eq!(program.recv(right, 9), Ok(b"early".to_vec()));
    // It ends a wait; who does not wait is told that there is nothing.
    assert_eq!(program.recv_with(right, 9, MessageFlags::empty(), Blocking), Ok(Vec::new()));
    assert_eq!(program.recv(right, 9), os(EAGAIN));
    let wait = After(Duration::from_millis(50));
    assert_eq!(program.recv_with(right, 9, MessageFlags::empty(), wait), Err(Error::Timeout));
}

#[test]
fn a_datagram_to_an_end_that_is_closed_costs_the_peer() {
    let program = program();
    let (left, right) = pair(&program, Kind::Datagram);
    program.sockets.close(right).unwrap();
    assert!(program.sockets.peer_address(left).is_ok());
    assert_eq!(program.send(left, b"x"), os(ECONNREFUSED));
    assert_eq!(program.send(left, b"x"), os(ENOTCONN));
    assert_eq!(program.sockets.peer_address(left), os(ENOTCONN));
}

#[test]
fn closing_with_something_unread_resets_whatever_is_connected() {
    for kind in [Kind::Stream, Kind::SequentialPacket] {
        let program = program();
        let (left, right) = pair(&program, kind);
        program.send(left, b"unread").unwrap();
        program.sockets.close(right).unwrap();
        assert_eq!(program.recv(left, 9), os(ECONNRESET), "{kind:?}");
        assert_eq!(program.recv(left, 9), Ok(Vec::new()), "{kind:?}");
        let (left, right) = pair(&program, kind);
        program.sockets.close(right).unwrap();
        assert_eq!(program.recv(left, 9), Ok(Vec::new()), "{kind:?}");
    }
}

#[test]
fn it_has_no_name_and_cannot_be_used_for_anything_else() {
    let program = program();
    let (left, _right) = pair(&program, Kind::Stream);
    let unnamed = Address::Unix(UnixAddress::Unnamed);
    assert_eq!(program.sockets.local_address(left), Ok(unnamed.clone()));
    assert_eq!(program.sockets.peer_address(left), Ok(unnamed.clone()));
    assert_eq!(program.sockets.connect(left, &unnamed, Blocking), os(EISCONN));
    assert_eq!(program.sockets.listen(left, 1), os(EINVAL));
    assert_eq!(program.sockets.accept(left, NonBlocking), os(EINVAL));
}

#[test]
fn only_unix_has_pairs() {
    let sockets = program().sockets;
    assert!(sockets.socketpair(Family::Unix, Kind::Raw, 0).is_ok(), "Linux takes raw ones as datagrams");
    assert_eq!(sockets.socketpair(Family::Inet, Kind::Stream, 0), os(EOPNOTSUPP));
    assert_eq!(sockets.socketpair(Family::Unix, Kind::Stream, 6), os(EPROTONOSUPPORT));
}
