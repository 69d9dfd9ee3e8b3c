//! Coalescing of small writes.

use std::time::Duration;

use wasocket::errno::Errno::*;
use wasocket::message::MessageFlags;
use wasocket::net::{ErrorCode, NetError};
use wasocket::options::{OptionValue, SocketOption};
use wasocket::sockets::{Events, Fd, PollEntry};
use wasocket::time::Timeout::{Blocking, NonBlocking};

use crate::scripted::{Program, os, program, refused};

/// A program that may coalesce, and a connection that asked for `TCP_NODELAY`.
fn coalescing() -> (Program, Fd) {
    let program = program();
    program.sockets.set_coalescing(true);
    let fd = program.connected();
    program.sockets.set_option(fd, SocketOption::NoDelay, &OptionValue::Int(1)).unwrap();
    (program, fd)
}

fn sent(program: &Program) -> Vec<String> {
    let log = program.script.log.borrow();
    log.iter().filter(|line| line.starts_with("send ")).cloned().collect()
}

#[test]
fn small_writes_leave_together_with_the_next_call_of_another_kind() {
    let (program, fd) = coalescing();
    assert_eq!(program.send(fd, b"head "), Ok(5));
    assert_eq!(program.send(fd, b"body"), Ok(4));
    assert_eq!((sent(&program), program.sockets.holds_writes()), (vec![], true));
    program.sockets.nonblocking(fd).unwrap();
    assert_eq!((sent(&program), program.sockets.holds_writes()), (vec!["send \"head body\"".to_owned()], false));
    // Without the option, or without leave, nothing is held.
    program.sockets.set_option(fd, SocketOption::NoDelay, &OptionValue::Int(0)).unwrap();
    program.send(fd, b"now").unwrap();
    assert_eq!(sent(&program).len(), 2);
}

#[test]
fn what_is_held_is_overdue_after_a_millisecond() {
    let (program, fd) = coalescing();
    program.send(fd, b"x").unwrap();
    program.sockets.flush_overdue();
    assert_eq!(sent(&program).len(), 0);
    let (other, _) = program.sockets.pipe().unwrap();
    assert_eq!(sent(&program).len(), 0, "no call on a descriptor");
    program
        .sockets
        .poll(&mut [PollEntry::new(other, Events::IN)], wasocket::time::Timeout::After(MILLISECOND))
        .unwrap();
    assert_eq!(sent(&program).len(), 1, "a wait sends it first");
    program.send(fd, b"y").unwrap();
    program.script.let_pass(MILLISECOND);
    program.sockets.flush_overdue();
    assert_eq!(sent(&program).len(), 2);
}

#[test]
fn an_error_of_a_held_write_is_the_next_calls_that_moves_data() {
    let (program, fd) = coalescing();
    program.send(fd, b"x").unwrap();
    program.script.on_send(Err(refused(ErrorCode::ConnectionReset)));
    program.sockets.flush();
    assert_eq!(program.sockets.nonblocking(fd), Ok(false), "a call that moves no data does not raise it");
    assert_eq!(program.recv(fd, 1), os(ECONNRESET));
}

#[test]
fn what_the_network_does_not_take_blocks_the_socket_until_there_is_room() {
    let (program, fd) = coalescing();
    program.send(fd, b"x").unwrap();
    program.script.on_send(Err(NetError::WouldBlock));
    program.sockets.flush();
    assert!(!program.sockets.holds_writes(), "it is not overdue, but blocked");
    program.script.on_poll(false, true);
    let mut entries = [PollEntry::new(fd, Events::OUT)];
    program.script.on_poll(false, true);
    assert_eq!(program.sockets.poll(&mut entries, Blocking), Ok(1), "the room is the held byte's first");
    assert_eq!(sent(&program), ["send \"x\""]);
}

#[test]
fn closing_sends_what_is_held() {
    let (program, fd) = coalescing();
    let flags = MessageFlags::NOSIGNAL;
    program.sockets.send_all(fd, b"bye", flags, NonBlocking).unwrap();
    program.sockets.close(fd).unwrap();
    assert_eq!(sent(&program), ["send \"bye\""]);
}

const MILLISECOND: Duration = Duration::from_millis(1);
