//! Connections that take their time, fail, and are tried again.

use std::time::Duration;

use wasocket::errno::Errno::*;
use wasocket::net::{ErrorCode, NetError, NetOption};
use wasocket::options::{OptionValue, SocketOption};
use wasocket::time::Timeout::{self, Blocking, NonBlocking};
use wasocket::{Error, sockets::Fd};

use crate::scripted::{PEER, Program, ip, os, program, refused};

fn pending_error(program: &Program, fd: Fd) -> OptionValue {
    program.sockets.option(fd, SocketOption::Error).unwrap()
}

#[test]
fn the_first_connect_after_completion_succeeds_and_the_next_is_one_too_many() {
    let program = program();
    let fd = program.connecting();
    program.script.on_connect(Ok(()));
    assert_eq!(pending_error(&program, fd), OptionValue::Error(None));
    assert_eq!(program.sockets.connect(fd, &ip(PEER), NonBlocking), Ok(()));
    assert_eq!(program.sockets.connect(fd, &ip(PEER), NonBlocking), os(EISCONN));
}

#[test]
fn a_failure_in_the_background_is_told_once() {
    let program = program();
    let fd = program.connecting();
    program.script.on_connect(Err(refused(ErrorCode::ConnectionRefused)));
    assert_eq!(pending_error(&program, fd), OptionValue::Error(Some(ECONNREFUSED)));
    assert_eq!(pending_error(&program, fd), OptionValue::Error(None));
    assert_eq!(program.sockets.connect(fd, &ip(PEER), NonBlocking), os(ECONNABORTED));
    assert_eq!(program.sockets.connect(fd, &ip(PEER), NonBlocking), os(EINPROGRESS));
}

#[test]
fn a_connection_that_may_not_wait_is_in_progress_even_if_it_is_done() {
    let program = program();
    let fd = program.tcp();
    assert_eq!(program.sockets.connect(fd, &ip(PEER), NonBlocking), os(EINPROGRESS));
    assert_eq!(pending_error(&program, fd), OptionValue::Error(None));
    let fd = program.tcp();
    program.script.on_connect(Err(refused(ErrorCode::ConnectionRefused)));
    assert_eq!(program.sockets.connect(fd, &ip(PEER), NonBlocking), os(EINPROGRESS));
    assert_eq!(pending_error(&program, fd), OptionValue::Error(Some(ECONNREFUSED)));
}

#[test]
fn after_a_failure_sending_tells_it_and_receiving_ends() {
    let program = program();
    let fd = program.connecting();
    program.script.on_connect(Err(refused(ErrorCode::ConnectionRefused)));
    assert_eq!(program.send(fd, b"x"), os(ECONNREFUSED));
    assert_eq!(program.send(fd, b"x"), os(EPIPE));
    assert_eq!(program.recv(fd, 1), Ok(Vec::new()));
}

#[test]
fn a_socket_is_used_again_after_a_failure_with_all_that_was_set() {
    let program = program();
    let fd = program.tcp();
    program.sockets.set_option(fd, SocketOption::KeepAlive, &OptionValue::Int(1)).unwrap();
    program.sockets.bind(fd, &ip("127.0.0.1:0")).unwrap();
    program.script.on_connect(Err(refused(ErrorCode::ConnectionRefused)));
    assert_eq!(program.sockets.connect(fd, &ip(PEER), Blocking), os(ECONNREFUSED));
    assert_eq!(program.sockets.local_address(fd), Ok(ip("127.0.0.1:40000")));
    assert_eq!(program.sockets.connect(fd, &ip(PEER), Blocking), Ok(()));
    assert_eq!(program.script.logged("open"), 2);
    assert_eq!(program.script.logged("bind 127.0.0.1:0"), 2, "as on Linux, the port it found goes back");
    assert_eq!(program.script.logged(&format!("set {:?}", NetOption::KeepAlive)), 2);
}

#[test]
fn a_timeout_leaves_the_connection_under_way() {
    let program = program();
    let fd = program.tcp();
    program.script.on_connect(Err(NetError::WouldBlock));
    let half_a_second = Timeout::After(Duration::from_millis(500));
    assert_eq!(program.sockets.connect(fd, &ip(PEER), half_a_second), Err(Error::Timeout));
    assert_eq!(program.script.now(), Duration::from_millis(500));
    program.script.on_connect(Ok(()));
    assert_eq!(program.sockets.connect(fd, &ip(PEER), Blocking), Ok(()));
    assert_eq!(program.script.logged("connect"), 1);
}

#[test]
fn the_wildcard_address_is_the_loopback_and_port_0_refuses() {
    let program = program();
    let fd = program.tcp();
    assert_eq!(program.sockets.connect(fd, &ip("127.0.0.1:0"), Blocking), os(ECONNREFUSED));
    assert_eq!(program.sockets.connect(fd, &ip("0.0.0.0:80"), Blocking), Ok(()));
    assert_eq!(program.script.logged("connect 127.0.0.1:80"), 1);
}

#[test]
fn an_address_of_another_family_is_refused() {
    let program = program();
    let fd = program.tcp();
    assert_eq!(program.sockets.connect(fd, &ip("[::1]:80"), Blocking), os(EAFNOSUPPORT));
    assert_eq!(program.sockets.bind(fd, &ip("[::1]:80")), os(EAFNOSUPPORT));
}

#[test]
fn a_denied_connection_is_a_denied_permission() {
    let program = program();
    let fd = program.tcp();
    program.script.on_connect(Err(refused(ErrorCode::AccessDenied)));
    assert_eq!(program.sockets.connect(fd, &ip(PEER), Blocking), os(EACCES));
}

#[test]
fn accepting_passes_over_connections_that_were_aborted() {
    let program = program();
    let fd = program.listening();
    program.script.on_accept(Err(refused(ErrorCode::ConnectionAborted)));
    program.script.on_accept(Ok(Some("127.0.0.1:50001".parse().unwrap())));
    let (accepted, peer) = program.sockets.accept(fd, Blocking).unwrap();
    assert_eq!(peer, ip("127.0.0.1:50001"));
    assert!(program.sockets.is_open(accepted));
}

#[test]
fn a_connection_whose_peer_has_gone_is_accepted_and_then_fails() {
    let program = program();
    let fd = program.listening();
    program.script.on_accept(Ok(None));
    let (accepted, peer) = program.sockets.accept(fd, Blocking).unwrap();
    assert_eq!(peer, ip("0.0.0.0:0"));
    program.script.on_receive(Err(refused(ErrorCode::ConnectionReset)));
    assert_eq!(program.recv(accepted, 1), os(ECONNRESET));
}

#[test]
fn listening_binds_if_it_must_and_a_second_time_changes_the_backlog() {
    let program = program();
    let fd = program.tcp();
    program.sockets.listen(fd, -5).unwrap();
    program.sockets.listen(fd, 7).unwrap();
    assert_eq!(program.script.logged("bind 0.0.0.0:0"), 1);
    assert_eq!(program.script.logged("listen 1"), 1);
    assert_eq!(program.script.logged("listen 7"), 1);
}

#[test]
fn an_accepted_socket_inherits_options() {
    let program = program();
    let fd = program.listening();
    program.sockets.set_option(fd, SocketOption::NoDelay, &OptionValue::Int(1)).unwrap();
    program.script.on_accept(Ok(None));
    let (accepted, _) = program.sockets.accept(fd, Blocking).unwrap();
    assert_eq!(program.sockets.option(accepted, SocketOption::NoDelay), Ok(OptionValue::Int(1)));
}
