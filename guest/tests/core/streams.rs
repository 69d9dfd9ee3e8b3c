//! Bytes over a connection.

use wasocket::address::Shutdown;
use wasocket::errno::Errno::*;
use wasocket::message::MessageFlags;
use wasocket::net::{ErrorCode, NetError};
use wasocket::options::{OptionValue, SocketOption};
use wasocket::sockets::{Events, PollEntry};
use wasocket::time::Timeout::{Blocking, NonBlocking};

use crate::scripted::{os, program, refused};

#[test]
fn the_end_of_the_stream_stays() {
    let program = program();
    let fd = program.connected();
    program.script.on_receive(Ok(b"ab"));
    program.script.on_receive(Ok(b""));
    assert_eq!(program.recv(fd, 10), Ok(b"ab".to_vec()));
    assert_eq!(program.recv(fd, 10), Ok(Vec::new()));
    assert_eq!(program.recv(fd, 10), Ok(Vec::new()));
}

#[test]
fn a_reset_is_told_once_and_then_the_stream_has_ended() {
    let program = program();
    let fd = program.connected();
    program.script.on_receive(Err(refused(ErrorCode::ConnectionReset)));
    assert_eq!(program.recv(fd, 10), os(ECONNRESET));
    assert_eq!(program.recv(fd, 10), Ok(Vec::new()));
    assert_eq!(program.send(fd, b"x"), os(EPIPE));
    assert_eq!(program.sockets.peer_address(fd), os(ENOTCONN));
}

#[test]
fn peeking_leaves_the_bytes() {
    let program = program();
    let fd = program.connected();
    program.script.on_receive(Ok(b"ab"));
    assert_eq!(program.recv_with(fd, 2, MessageFlags::PEEK, NonBlocking), Ok(b"ab".to_vec()));
    assert_eq!(program.recv_with(fd, 3, MessageFlags::PEEK, NonBlocking), Ok(b"ab".to_vec()));
    program.script.on_receive(Ok(b"d"));
    assert_eq!(program.recv(fd, 2), Ok(b"ab".to_vec()));
    assert_eq!(program.recv(fd, 10), Ok(b"d".to_vec()));
}

#[test]
fn a_short_peek_does_not_shorten_the_next_receive() {
    let program = program();
    let fd = program.connected();
    program.script.on_receive(Ok(b"\x16"));
    assert_eq!(program.recv_with(fd, 1, MessageFlags::PEEK, NonBlocking), Ok(b"\x16".to_vec()));
    program.script.on_receive(Ok(b"\x03\x01hello"));
    assert_eq!(program.recv(fd, 1024), Ok(b"\x16\x03\x01hello".to_vec()));
    assert_eq!(program.recv(fd, 1024), os(EAGAIN));
}

#[test]
fn what_arrives_after_a_peek_comes_with_what_was_peeked_at() {
    let program = program();
    let fd = program.connected();
    program.script.on_poll(true, false);
    program.script.on_receive(Ok(b"ab"));
    let mut entries = [PollEntry::new(fd, Events::IN)];
    assert_eq!(program.sockets.poll(&mut entries, NonBlocking), Ok(1));
    assert_eq!(program.recv_with(fd, 1, MessageFlags::PEEK, NonBlocking), Ok(b"a".to_vec()));
    program.script.on_receive(Ok(b"c"));
    assert_eq!(program.recv(fd, 3), Ok(b"abc".to_vec()));
}

#[test]
fn a_failure_behind_what_was_peeked_at_waits_for_its_turn() {
    let program = program();
    let fd = program.connected();
    program.script.on_receive(Ok(b"a"));
    assert_eq!(program.recv_with(fd, 1, MessageFlags::PEEK, NonBlocking), Ok(b"a".to_vec()));
    program.script.on_receive(Err(refused(ErrorCode::ConnectionReset)));
    assert_eq!(program.recv(fd, 9), Ok(b"a".to_vec()));
    assert_eq!(program.recv(fd, 9), os(ECONNRESET));
}

#[test]
fn peeking_tells_an_error_only_after_the_bytes_before_it() {
    let program = program();
    let fd = program.connected();
    program.script.on_receive(Ok(b"a"));
    program.script.on_receive(Err(refused(ErrorCode::ConnectionReset)));
    assert_eq!(program.recv_with(fd, 2, MessageFlags::PEEK, NonBlocking), Ok(b"a".to_vec()));
    assert_eq!(program.recv(fd, 2), Ok(b"a".to_vec()));
    assert_eq!(program.recv(fd, 2), os(ECONNRESET));
}

#[test]
fn waiting_for_all_takes_several_receives_or_ends_early() {
    let program = program();
    let fd = program.connected();
    program.script.on_receive(Ok(b"ab"));
    program.script.on_receive(Ok(b"c"));
    assert_eq!(program.recv_with(fd, 3, MessageFlags::WAITALL, Blocking), Ok(b"abc".to_vec()));
    program.script.on_receive(Ok(b"d"));
    program.script.on_receive(Ok(b""));
    assert_eq!(program.recv_with(fd, 3, MessageFlags::WAITALL, Blocking), Ok(b"d".to_vec()));
}

#[test]
fn waiting_for_all_keeps_an_error_for_the_next_call() {
    let program = program();
    let fd = program.connected();
    program.script.on_receive(Ok(b"d"));
    program.script.on_receive(Err(refused(ErrorCode::ConnectionReset)));
    assert_eq!(program.recv_with(fd, 3, MessageFlags::WAITALL, Blocking), Ok(b"d".to_vec()));
    assert_eq!(program.recv(fd, 3), os(ECONNRESET));
}

#[test]
fn waiting_for_all_ends_with_the_limit_that_an_option_set() {
    let program = program();
    let fd = program.connected();
    let second = OptionValue::Bytes([1_u64, 0].map(u64::to_le_bytes).concat());
    program.sockets.set_option(fd, SocketOption::ReceiveTimeout, &second).unwrap();
    program.script.on_receive(Ok(b"a"));
    program.script.on_receive(Ok(b"b"));
    program.script.on_receive(Err(NetError::WouldBlock));
    assert_eq!(program.recv_with(fd, 3, MessageFlags::WAITALL, Blocking), Ok(b"ab".to_vec()));
    assert_eq!(program.script.now().as_secs(), 1);
    assert_eq!(program.recv(fd, 3), os(EAGAIN));
}

#[test]
fn a_blocking_send_sends_all_and_another_sends_what_fits() {
    let program = program();
    let fd = program.connected();
    program.script.on_send(Ok(1));
    assert_eq!(program.sockets.send(fd, &[b"ab", b"c"], MessageFlags::empty(), None, Blocking), Ok(3));
    program.script.on_send(Ok(2));
    assert_eq!(program.send(fd, b"def"), Ok(2));
    program.script.on_send(Err(NetError::WouldBlock));
    assert_eq!(program.send(fd, b"f"), os(EAGAIN));
}

#[test]
fn many_parts_are_sent_in_bounded_copies() {
    let program = program();
    let fd = program.connected();
    let (big, small) = (vec![1; 600_000], vec![2; 10]);
    let parts: [&[u8]; 4] = [&small, &big, b"", &small];
    assert_eq!(program.sockets.send(fd, &parts, MessageFlags::empty(), None, Blocking), Ok(600_020));
    assert!(program.script.logged("send") > 2);
    let sent = program.sockets.send(fd, &parts, MessageFlags::empty(), None, NonBlocking).unwrap();
    assert!((10..600_020).contains(&sent), "a call that may not wait sent {sent}");
    assert_eq!(program.sockets.send(fd, &[], MessageFlags::empty(), None, Blocking), Ok(0));
    let datagram = program.udp();
    let to = crate::scripted::ip(crate::scripted::PEER);
    let parts: [&[u8]; 3] = [&big, &big, &small];
    assert_eq!(program.sockets.send(datagram, &parts, MessageFlags::empty(), Some(&to), Blocking), os(EMSGSIZE));
}

#[test]
fn sending_nothing_is_fine_on_a_connection_alone() {
    let program = program();
    let fd = program.connected();
    assert_eq!(program.send(fd, b""), Ok(0));
    assert_eq!(program.script.logged("send"), 0);
    let fresh = program.tcp();
    assert_eq!(program.send(fresh, b""), os(EPIPE));
}

#[test]
fn shutting_down_receiving_still_gives_what_arrived() {
    let program = program();
    let fd = program.connected();
    program.script.on_receive(Ok(b"a"));
    program.sockets.shutdown(fd, Shutdown::Read).unwrap();
    assert_eq!(program.recv_with(fd, 5, MessageFlags::empty(), Blocking), Ok(b"a".to_vec()));
    assert_eq!(program.recv_with(fd, 5, MessageFlags::empty(), Blocking), Ok(Vec::new()));
    assert_eq!(program.script.logged("shutdown"), 0);
}

#[test]
fn shutting_down_both_ways_keeps_what_arrived_and_refuses_the_rest() {
    let program = program();
    let fd = program.connected();
    program.script.on_receive(Ok(b"early"));
    program.sockets.shutdown(fd, Shutdown::Both).unwrap();
    assert_eq!(program.script.logged("shutdown Write"), 1);
    assert_eq!(program.script.logged("shutdown Read"), 1);
    program.script.on_receive(Ok(b"late"));
    assert_eq!(program.recv(fd, 9), Ok(b"early".to_vec()));
    assert_eq!(program.recv_with(fd, 9, MessageFlags::empty(), Blocking), Ok(Vec::new()));
    assert_eq!(program.sockets.peer_address(fd), Ok(crate::scripted::ip(crate::scripted::PEER)));
    assert_eq!(program.sockets.shutdown(fd, Shutdown::Both), Ok(()));
}

#[test]
fn shutting_down_one_way_after_the_other_refuses_the_rest_as_well() {
    for (first, second) in [(Shutdown::Read, Shutdown::Write), (Shutdown::Write, Shutdown::Read)] {
        let program = program();
        let fd = program.connected();
        program.sockets.shutdown(fd, first).unwrap();
        assert_eq!(program.script.logged("shutdown Read"), 0);
        program.sockets.shutdown(fd, second).unwrap();
        assert_eq!(program.script.logged("shutdown Read"), 1);
    }
}

#[test]
fn a_peer_that_refuses_what_is_sent_has_gone() {
    let program = program();
    let fd = program.connected();
    program.script.on_receive(Ok(b"last"));
    program.script.on_receive(Ok(b""));
    assert_eq!(program.recv_with(fd, 9, MessageFlags::PEEK, NonBlocking), Ok(b"last".to_vec()));
    program.script.on_send(Err(refused(ErrorCode::BrokenPipe)));
    assert!(program.sockets.peer_address(fd).is_ok());
    assert_eq!(program.send(fd, b"x"), os(EPIPE));
    assert_eq!(program.sockets.peer_address(fd), os(ENOTCONN));
    assert_eq!(program.recv(fd, 9), Ok(b"last".to_vec()));
    let mut entries = [PollEntry::new(fd, Events::IN)];
    assert_eq!(program.sockets.poll(&mut entries, NonBlocking), Ok(1));
    assert!(entries[0].revents.intersects(Events::HUP));
}

#[test]
fn a_peer_that_has_ended_is_not_refused() {
    let program = program();
    let fd = program.connected();
    program.script.on_receive(Ok(b"early"));
    program.script.on_receive(Ok(b""));
    program.sockets.shutdown(fd, Shutdown::Both).unwrap();
    assert_eq!(program.script.logged("shutdown Read"), 0);
    assert_eq!(program.recv(fd, 9), Ok(b"early".to_vec()));
    assert_eq!(program.sockets.peer_address(fd), os(ENOTCONN));
}

#[test]
fn a_connection_that_both_sides_have_ended_has_no_peer() {
    let program = program();
    let fd = program.connected();
    program.sockets.shutdown(fd, Shutdown::Write).unwrap();
    program.sockets.shutdown(fd, Shutdown::Write).unwrap();
    program.script.on_receive(Ok(b""));
    assert_eq!(program.recv(fd, 5), Ok(Vec::new()));
    assert_eq!(program.sockets.shutdown(fd, Shutdown::Write), os(ENOTCONN));
    assert_eq!(program.sockets.peer_address(fd), os(ENOTCONN));
}

#[test]
fn what_only_a_kernel_can_do_is_refused() {
    let program = program();
    let fd = program.connected();
    assert_eq!(program.recv_with(fd, 1, MessageFlags::OOB, Blocking), os(EOPNOTSUPP));
    let sent = program.sockets.send(fd, &[b"x"], MessageFlags::OOB, None, Blocking);
    assert_eq!(sent, os(EOPNOTSUPP));
}

#[test]
fn a_copy_shares_the_connection_until_both_are_closed() {
    let program = program();
    let fd = program.connected();
    let copy = program.sockets.dup(fd).unwrap();
    program.sockets.close(fd).unwrap();
    assert_eq!(program.script.open_sockets(), 1);
    assert_eq!(program.send(copy, b"x"), Ok(1));
    program.sockets.close(copy).unwrap();
    assert_eq!(program.script.open_sockets(), 0);
}

#[test]
fn an_enormous_receive_asks_the_network_for_a_sane_amount() {
    let program = program();
    let fd = program.connected();
    program.script.on_receive(Ok(b"a"));
    assert_eq!(program.recv(fd, usize::MAX), Ok(b"a".to_vec()));
    program.script.on_receive(Ok(b"b"));
    assert_eq!(program.recv_with(fd, usize::MAX, MessageFlags::PEEK, NonBlocking), Ok(b"b".to_vec()));
}
