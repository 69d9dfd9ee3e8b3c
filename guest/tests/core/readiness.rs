//! What `poll(2)` reports of each state, with the bits of a native run on Linux.

use std::time::Duration;

use wasocket::address::Shutdown;
use wasocket::errno::Errno::*;
use wasocket::net::ErrorCode;
use wasocket::sockets::{Events, Fd, PollEntry};
use wasocket::time::Timeout::{After, Blocking, NonBlocking};

use crate::scripted::{Program, os, program, refused};

const ALL: u32 = 0xffff;
const IN: u32 = 0x41;
const OUT: u32 = 0x104;
const ERR: u32 = 0x8;
const HUP: u32 = 0x10;
const NVAL: u32 = 0x20;
const RDHUP: u32 = 0x2000;

fn poll_for(program: &Program, fd: Fd, events: u32) -> u32 {
    let mut entries = [PollEntry::new(fd, Events::from_bits_retain(events))];
    program.sockets.poll(&mut entries, NonBlocking).unwrap();
    entries[0].revents.bits()
}

#[test]
fn a_fresh_socket_can_be_written_and_is_hung_up() {
    let program = program();
    let fd = program.tcp();
    assert_eq!(poll_for(&program, fd, ALL), OUT | HUP);
    assert_eq!(poll_for(&program, fd, 0), HUP);
}

#[test]
fn a_connection_under_way_is_silent_until_it_is_done() {
    let program = program();
    let fd = program.connecting();
    assert_eq!(poll_for(&program, fd, ALL), 0);
    program.script.on_poll(false, true);
    program.script.on_connect(Ok(()));
    program.script.on_poll(false, true);
    assert_eq!(poll_for(&program, fd, ALL) & OUT, OUT);
}

#[test]
fn a_failed_connection_is_all_at_once() {
    let program = program();
    let fd = program.connecting();
    program.script.on_poll(false, true);
    program.script.on_connect(Err(refused(ErrorCode::ConnectionRefused)));
    assert_eq!(poll_for(&program, fd, ALL), IN | OUT | ERR | HUP | RDHUP);
    assert_eq!(program.send(fd, b"x"), os(ECONNREFUSED));
    assert_eq!(poll_for(&program, fd, ALL), IN | OUT | HUP | RDHUP);
}

#[test]
fn data_the_end_and_a_reset_are_told_apart() {
    let program = program();
    let fd = program.connected();
    program.script.on_poll(true, false);
    program.script.on_receive(Ok(b"x"));
    assert_eq!(poll_for(&program, fd, ALL), IN);
    assert_eq!(program.recv(fd, 1), Ok(b"x".to_vec()));
    program.script.on_poll(true, false);
    program.script.on_receive(Ok(b""));
    assert_eq!(poll_for(&program, fd, ALL), IN | RDHUP);
    program.sockets.shutdown(fd, Shutdown::Write).unwrap();
    assert_eq!(poll_for(&program, fd, ALL), IN | OUT | HUP | RDHUP);

    let reset = program.connected();
    program.script.on_poll(true, false);
    program.script.on_receive(Err(refused(ErrorCode::ConnectionReset)));
    assert_eq!(poll_for(&program, reset, ALL), IN | OUT | ERR | HUP | RDHUP);
    assert_eq!(program.recv(reset, 1), os(ECONNRESET));
    assert_eq!(poll_for(&program, reset, ALL), IN | OUT | HUP | RDHUP);
}

#[test]
fn a_writer_learns_of_a_reset() {
    let program = program();
    let fd = program.connected();
    program.script.on_poll(true, false);
    program.script.on_receive(Err(refused(ErrorCode::ConnectionReset)));
    assert_eq!(poll_for(&program, fd, 0x4), 0x4 | ERR | HUP);
}

#[test]
fn what_was_read_ahead_is_not_lost() {
    let program = program();
    let fd = program.connected();
    program.script.on_poll(true, false);
    program.script.on_receive(Ok(b"abc"));
    assert_eq!(poll_for(&program, fd, 0x1), 0x1);
    assert_eq!(program.recv(fd, 2), Ok(b"ab".to_vec()));
    assert_eq!(poll_for(&program, fd, 0x1), 0x1);
    assert_eq!(program.recv(fd, 2), Ok(b"c".to_vec()));
    assert_eq!(poll_for(&program, fd, 0x1), 0);
}

#[test]
fn a_spurious_wake_up_is_not_told() {
    let program = program();
    let fd = program.connected();
    program.script.on_poll(true, false);
    let mut entries = [PollEntry::new(fd, Events::IN)];
    let second = Duration::from_secs(1);
    assert_eq!(program.sockets.poll(&mut entries, After(second)), Ok(0));
    assert_eq!(program.script.now(), second);
}

#[test]
fn a_listener_is_readable_when_there_is_somebody_to_accept() {
    let program = program();
    let fd = program.listening();
    assert_eq!(poll_for(&program, fd, ALL), 0);
    program.script.on_poll(true, false);
    program.script.on_accept(Ok(Some("127.0.0.1:50009".parse().unwrap())));
    assert_eq!(poll_for(&program, fd, ALL), IN);
    let (_, peer) = program.sockets.accept(fd, NonBlocking).unwrap();
    assert_eq!(peer, crate::scripted::ip("127.0.0.1:50009"));
}

#[test]
fn a_listener_whose_host_has_no_room_is_readable_and_accept_says_why() {
    let program = program();
    let fd = program.listening();
    program.script.on_poll(true, false);
    program.script.on_accept(Err(refused(ErrorCode::NewSocketLimit)));
    assert_eq!(poll_for(&program, fd, ALL), IN);
    assert_eq!(program.sockets.accept(fd, NonBlocking).map(|_| ()), os(EMFILE));
    assert_eq!(poll_for(&program, fd, ALL), 0);
}

#[test]
fn what_is_not_told_does_not_make_a_wait_longer() {
    let program = program();
    let fd = program.connected();
    let second = Duration::from_secs(1);
    program.script.on_poll(true, false);
    program.script.on_receive(Ok(b"x"));
    let mut entries = [PollEntry::new(fd, Events::empty())];
    assert_eq!(program.sockets.poll(&mut entries, After(second)), Ok(0));
    assert_eq!(program.script.now(), second);
}

#[test]
fn a_descriptor_that_is_not_open_is_said_so_and_does_not_wait() {
    let program = program();
    let fd = program.connected();
    let mut entries = [PollEntry::new(7, Events::IN), PollEntry::new(fd, Events::IN)];
    assert_eq!(program.sockets.poll(&mut entries, Blocking), Ok(1));
    assert_eq!(entries[0].revents.bits(), NVAL);
    assert_eq!(entries[1].revents.bits(), 0);
}

#[test]
fn waiting_for_ever_for_nothing_is_refused() {
    let program = program();
    assert_eq!(program.sockets.poll(&mut [], Blocking), os(EDEADLK));
    assert_eq!(program.sockets.poll(&mut [], After(Duration::from_secs(3))), Ok(0));
    assert_eq!(program.script.now(), Duration::from_secs(3));
}

#[test]
fn an_end_is_seen_behind_data_that_nobody_took() {
    let program = program();
    let fd = program.connected();
    program.script.on_poll(true, false);
    program.script.on_receive(Ok(b"unread"));
    assert_eq!(poll_for(&program, fd, ALL & !OUT), IN);
    program.script.on_poll(true, false);
    program.script.on_receive(Ok(b""));
    assert_eq!(poll_for(&program, fd, ALL & !OUT), IN | RDHUP);
    assert_eq!(program.recv(fd, 99), Ok(b"unread".to_vec()));
}

#[test]
fn a_hang_up_is_seen_behind_data_that_nobody_took() {
    let program = program();
    let fd = program.connected();
    program.script.on_poll(true, false);
    program.script.on_receive(Ok(b"unread"));
    assert_eq!(poll_for(&program, fd, IN), IN);
    program.script.on_poll(true, false);
    program.script.on_receive(Ok(b""));
    // Who does not ask is told of it only after this side has ended as well.
    assert_eq!(poll_for(&program, fd, IN), IN);
    program.sockets.shutdown(fd, Shutdown::Write).unwrap();
    assert_eq!(poll_for(&program, fd, IN), IN | HUP);
}

#[test]
fn an_end_is_not_looked_for_behind_more_than_is_read_ahead() {
    let program = program();
    let fd = program.connected();
    let chunk = vec![7; 4096];
    let mut took = 0;
    for _ in 0..300 {
        program.script.on_poll(true, false);
        program.script.on_receive(Ok(&chunk));
        let before = program.script.unread();
        poll_for(&program, fd, RDHUP);
        took += usize::from(program.script.unread() < before);
    }
    assert!((32..=80).contains(&took), "{took} chunks were read ahead");
}
