//! One deadline for each call, in all three modes.

use std::time::Duration;

use wasocket::Error;
use wasocket::errno::Errno::*;
use wasocket::message::MessageFlags;
use wasocket::net::NetError;
use wasocket::options::{OptionValue, SocketOption};
use wasocket::time::Timeout::{After, Blocking, NonBlocking};

use crate::scripted::{os, program};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn without_blocking_it_is_eagain_and_with_a_timeout_it_is_a_timeout() {
    let program = program();
    let fd = program.connected();
    assert_eq!(program.recv_with(fd, 1, MessageFlags::empty(), NonBlocking), os(EAGAIN));
    assert_eq!(program.recv_with(fd, 1, MessageFlags::empty(), After(SECOND)), Err(Error::Timeout));
    assert_eq!(program.script.now(), SECOND);
}

#[test]
fn a_description_made_non_blocking_does_not_block_under_a_blocking_object() {
    let program = program();
    let fd = program.connected();
    let copy = program.sockets.dup(fd).unwrap();
    program.sockets.set_nonblocking(copy, true).unwrap();
    assert_eq!(program.sockets.nonblocking(fd), Ok(true));
    assert_eq!(program.recv_with(fd, 1, MessageFlags::empty(), Blocking), os(EAGAIN));
}

#[test]
fn dontwait_is_for_one_call() {
    let program = program();
    let fd = program.connected();
    assert_eq!(program.recv_with(fd, 1, MessageFlags::DONTWAIT, Blocking), os(EAGAIN));
    program.script.on_receive(Ok(b"x"));
    assert_eq!(program.recv_with(fd, 1, MessageFlags::empty(), Blocking), Ok(b"x".to_vec()));
}

#[test]
fn sending_all_has_one_deadline() {
    let program = program();
    let fd = program.connected();
    program.script.on_send(Ok(1));
    program.script.on_send(Err(NetError::WouldBlock));
    let sent = program.sockets.send_all(fd, b"abc", MessageFlags::empty(), After(SECOND));
    assert_eq!(sent, Err(Error::Timeout));
    assert_eq!(program.script.now(), SECOND);
}

#[test]
fn accepting_waits_as_long_as_it_may() {
    let program = program();
    let fd = program.listening();
    assert_eq!(program.sockets.accept(fd, NonBlocking), os(EAGAIN));
    assert_eq!(program.sockets.accept(fd, After(SECOND)), Err(Error::Timeout));
    assert_eq!(program.script.now(), SECOND);
}

#[test]
fn the_kernels_own_timeout_is_eagain() {
    let program = program();
    let fd = program.connected();
    let two_seconds = OptionValue::Bytes([2u64.to_le_bytes(), 0u64.to_le_bytes()].concat());
    program.sockets.set_option(fd, SocketOption::ReceiveTimeout, &two_seconds).unwrap();
    assert_eq!(program.recv_with(fd, 1, MessageFlags::empty(), Blocking), os(EAGAIN));
    assert_eq!(program.script.now(), 2 * SECOND);
    assert_eq!(program.recv_with(fd, 1, MessageFlags::empty(), After(SECOND)), Err(Error::Timeout));
    assert_eq!(program.script.now(), 3 * SECOND);
}
