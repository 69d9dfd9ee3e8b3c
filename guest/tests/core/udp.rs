//! Datagrams.

use std::time::Duration;

use wasocket::Error;
use wasocket::address::Shutdown;
use wasocket::errno::Errno::*;
use wasocket::message::MessageFlags;
use wasocket::net::ErrorCode;
use wasocket::sockets::{Events, Fd, PollEntry};
use wasocket::time::Timeout::{After, Blocking, NonBlocking};

use crate::scripted::{PEER, Program, ip, os, program, refused};

fn bound(program: &Program) -> Fd {
    let fd = program.udp();
    program.sockets.bind(fd, &ip("127.0.0.1:0")).unwrap();
    fd
}

fn send_to(program: &Program, fd: Fd, data: &[u8], to: &str) -> wasocket::Result<usize> {
    program.sockets.send(fd, &[data], MessageFlags::empty(), Some(&ip(to)), NonBlocking)
}

#[test]
fn sending_binds_and_needs_somebody_to_send_to() {
    let program = program();
    let fd = program.udp();
    assert_eq!(program.sockets.local_address(fd), Ok(ip("0.0.0.0:0")));
    assert_eq!(program.send(fd, b"x"), os(EDESTADDRREQ));
    assert_eq!(send_to(&program, fd, b"x", "127.0.0.1:0"), os(EINVAL));
    assert_eq!(send_to(&program, fd, b"x", PEER), Ok(1));
    assert_eq!(program.sockets.local_address(fd), Ok(ip("0.0.0.0:40000")));
}

#[test]
fn a_datagram_too_long_is_not_sent_but_binds() {
    let program = program();
    let fd = program.udp();
    assert_eq!(send_to(&program, fd, &[0; 65_508], PEER), os(EMSGSIZE));
    assert_eq!((program.script.logged("bind"), program.script.logged("send")), (1, 0));
    assert_eq!(send_to(&program, fd, &[0; 65_507], PEER), Ok(65_507));
}

#[test]
fn a_datagram_is_cut_and_says_so() {
    let program = program();
    let fd = bound(&program);
    program.script.on_datagram(b"hello", PEER);
    let received = program.sockets.receive(fd, 2, MessageFlags::empty(), NonBlocking).unwrap();
    assert_eq!((received.data.as_slice(), received.length), (&b"he"[..], 5));
    assert_eq!(received.flags, MessageFlags::TRUNC);
    assert_eq!(received.from, Some(ip(PEER)));
    assert_eq!(program.recv(fd, 2), os(EAGAIN));
}

#[test]
fn empty_datagrams_are_datagrams() {
    let program = program();
    let fd = bound(&program);
    program.script.on_datagram(b"", PEER);
    program.script.on_datagram(b"x", PEER);
    assert_eq!(program.recv(fd, 9), Ok(Vec::new()));
    assert_eq!(program.recv(fd, 0), Ok(Vec::new()));
    assert_eq!(program.recv(fd, 9), os(EAGAIN));
}

#[test]
fn peeking_leaves_a_datagram() {
    let program = program();
    let fd = bound(&program);
    program.script.on_datagram(b"hello", PEER);
    assert_eq!(program.recv_with(fd, 2, MessageFlags::PEEK, NonBlocking), Ok(b"he".to_vec()));
    assert_eq!(program.recv(fd, 9), Ok(b"hello".to_vec()));
}

#[test]
fn receiving_unbound_waits_in_vain() {
    let program = program();
    let fd = program.udp();
    assert_eq!(program.recv(fd, 1), os(EAGAIN));
    let second = Duration::from_secs(1);
    assert_eq!(program.recv_with(fd, 1, MessageFlags::empty(), After(second)), Err(Error::Timeout));
    assert_eq!(program.script.now(), second);
    assert_eq!(program.recv_with(fd, 1, MessageFlags::empty(), Blocking), os(EDEADLK));
}

#[test]
fn a_connected_socket_has_a_peer_and_may_change_it() {
    let program = program();
    let fd = program.udp();
    assert_eq!(program.sockets.peer_address(fd), os(ENOTCONN));
    program.sockets.connect(fd, &ip(PEER), Blocking).unwrap();
    assert_eq!(program.sockets.peer_address(fd), Ok(ip(PEER)));
    assert_eq!(program.send(fd, b"x"), Ok(1));
    assert_eq!(send_to(&program, fd, b"x", PEER), Ok(1));
    assert_eq!(program.script.logged("send \"x\" to None"), 2);
    program.sockets.connect(fd, &ip("127.0.0.1:50001"), Blocking).unwrap();
    assert_eq!(program.sockets.peer_address(fd), Ok(ip("127.0.0.1:50001")));
}

#[test]
fn an_error_that_polling_met_is_kept_for_the_next_call() {
    let program = program();
    let fd = bound(&program);
    program.script.on_poll(true, false);
    program.script.on_datagram_error(refused(ErrorCode::ConnectionRefused));
    let mut entries = [PollEntry::new(fd, Events::IN)];
    assert_eq!(program.sockets.poll(&mut entries, NonBlocking), Ok(1));
    assert!(entries[0].revents.intersects(Events::ERR));
    assert_eq!(program.recv(fd, 1), os(ECONNREFUSED));
    assert_eq!(program.recv(fd, 1), os(EAGAIN));
}

#[test]
fn shutting_down_needs_a_peer() {
    let program = program();
    let fd = program.udp();
    assert_eq!(program.sockets.shutdown(fd, Shutdown::Read), os(ENOTCONN));
    program.sockets.connect(fd, &ip(PEER), Blocking).unwrap();
    assert_eq!(program.sockets.shutdown(fd, Shutdown::Both), Ok(()));
    // It ends a wait; who does not wait is told that there is nothing.
    assert_eq!(program.recv_with(fd, 1, MessageFlags::empty(), Blocking), Ok(Vec::new()));
    assert_eq!(program.recv(fd, 1), os(EAGAIN));
    let wait = After(Duration::from_millis(50));
    assert_eq!(program.recv_with(fd, 1, MessageFlags::empty(), wait), Err(Error::Timeout));
    assert_eq!(program.send(fd, b"x"), os(EPIPE));
    // What has arrived is still given out.
    program.script.on_datagram(b"early", PEER);
    assert_eq!(program.recv_with(fd, 9, MessageFlags::empty(), Blocking), Ok(b"early".to_vec()));
}

#[test]
fn a_refusal_is_learnt_of_where_receiving_is_shut() {
    let program = program();
    let fd = program.udp();
    program.sockets.connect(fd, &ip(PEER), Blocking).unwrap();
    program.sockets.shutdown(fd, Shutdown::Read).unwrap();
    assert_eq!(program.send(fd, b"x"), Ok(1));
    program.script.on_poll(true, false);
    program.script.on_datagram_error(refused(ErrorCode::ConnectionRefused));
    let mut entries = [PollEntry::new(fd, Events::IN)];
    program.sockets.poll(&mut entries, NonBlocking).unwrap();
    assert!(entries[0].revents.intersects(Events::ERR));
    assert_eq!(program.send(fd, b"x"), os(ECONNREFUSED));
    assert_eq!(program.send(fd, b"x"), Ok(1));
}

#[test]
fn it_neither_listens_nor_accepts() {
    let program = program();
    let fd = program.udp();
    assert_eq!(program.sockets.listen(fd, 1), os(EOPNOTSUPP));
    assert_eq!(program.sockets.accept(fd, NonBlocking), os(EOPNOTSUPP));
}

#[test]
fn an_address_in_use_is_said_so() {
    let program = program();
    let fd = program.udp();
    program.script.on_bind(Err(refused(ErrorCode::AddressInUse)));
    assert_eq!(program.sockets.bind(fd, &ip("127.0.0.1:9")), os(EADDRINUSE));
    assert_eq!(program.sockets.bind(fd, &ip("127.0.0.1:9")), Ok(()));
    assert_eq!(program.sockets.bind(fd, &ip("127.0.0.1:9")), os(EINVAL));
}
