//! IPv6 sockets that are reached over IPv4 as well: two sockets of the network below one of the program.

use wasocket::address::{Family, Kind};
use wasocket::errno::Errno::*;
use wasocket::net::ErrorCode;
use wasocket::options::{OptionValue, SocketOption};
use wasocket::sockets::{Events, Fd, PollEntry};
use wasocket::time::Timeout::{Blocking, NonBlocking};

use crate::scripted::{Program, ip, os, program, refused};

fn tcp6(program: &Program) -> Fd {
    program.sockets.socket(Family::Inet6, Kind::Stream, 0).unwrap()
}

fn listening(program: &Program) -> Fd {
    let fd = tcp6(program);
    program.sockets.bind(fd, &ip("[::]:0")).unwrap();
    program.sockets.listen(fd, 5).unwrap();
    fd
}

fn set_v6_only(program: &Program, fd: Fd) -> wasocket::Result<()> {
    program.sockets.set_option(fd, SocketOption::V6Only, &OptionValue::Int(1))
}

#[test]
fn a_listener_on_all_addresses_has_two_halves_on_one_port() {
    let program = program();
    let fd = listening(&program);
    assert_eq!(program.script.logged("open"), 2);
    assert_eq!(program.script.logged("bind [::]:0"), 1);
    assert_eq!(program.script.logged("bind 0.0.0.0:40000"), 1);
    assert_eq!(program.script.logged("listen 5"), 2);
    program.sockets.close(fd).unwrap();
    assert_eq!(program.script.open_sockets(), 0);
}

#[test]
fn a_peer_of_the_ipv4_half_is_shown_mapped() {
    let program = program();
    let fd = listening(&program);
    program.script.on_accept(Err(wasocket::net::NetError::WouldBlock));
    program.script.on_accept(Ok(Some("127.0.0.1:50000".parse().unwrap())));
    let (accepted, peer) = program.sockets.accept(fd, NonBlocking).unwrap();
    assert_eq!(peer, ip("[::ffff:127.0.0.1]:50000"));
    assert_eq!(program.sockets.peer_address(accepted), Ok(ip("[::ffff:127.0.0.1]:50000")));
    assert_eq!(program.sockets.local_address(accepted), Ok(ip("[::ffff:127.0.0.1]:40000")));
    assert_eq!(program.sockets.family(accepted), Ok(Family::Inet6));
    assert_eq!(program.sockets.accept(fd, NonBlocking), os(EAGAIN));
}

#[test]
fn both_halves_are_watched() {
    let program = program();
    let fd = listening(&program);
    program.script.on_poll(false, false);
    program.script.on_poll(true, false);
    program.script.on_accept(Err(wasocket::net::NetError::WouldBlock));
    program.script.on_accept(Ok(None));
    let mut entries = [PollEntry::new(fd, Events::IN)];
    assert_eq!(program.sockets.poll(&mut entries, NonBlocking), Ok(1));
    assert!(program.sockets.accept(fd, NonBlocking).is_ok());
}

#[test]
fn a_port_that_is_taken_on_one_half_is_taken() {
    let program = program();
    let fd = tcp6(&program);
    program.script.on_bind(Ok(()));
    program.script.on_bind(Err(refused(ErrorCode::AddressInUse)));
    assert_eq!(program.sockets.bind(fd, &ip("[::]:80")), os(EADDRINUSE));
    program.script.on_bind(Ok(()));
    program.script.on_bind(Err(refused(ErrorCode::AddressInUse)));
    assert_eq!(program.sockets.bind(fd, &ip("[::]:0")), Ok(()), "any other port is as good");
}

#[test]
fn a_host_without_ipv4_still_listens() {
    let program = program();
    let fd = tcp6(&program);
    program.script.on_bind(Ok(()));
    program.script.on_bind(Err(refused(ErrorCode::AccessDenied)));
    assert_eq!(program.sockets.bind(fd, &ip("[::]:80")), Ok(()));
    assert_eq!(program.sockets.listen(fd, 5), Ok(()));
    assert_eq!(program.script.logged("listen"), 1);
}

#[test]
fn ipv6_only_has_one_half_and_must_be_said_first() {
    let program = program();
    let fd = tcp6(&program);
    set_v6_only(&program, fd).unwrap();
    program.sockets.bind(fd, &ip("[::]:0")).unwrap();
    assert_eq!(program.script.logged("open"), 1);
    assert_eq!(set_v6_only(&program, fd), os(EINVAL));
    let other = tcp6(&program);
    set_v6_only(&program, other).unwrap();
    assert_eq!(program.sockets.connect(other, &ip("[::ffff:127.0.0.1]:80"), Blocking), os(ENETUNREACH));
}

#[test]
fn a_mapped_address_is_reached_over_ipv4() {
    let program = program();
    let fd = tcp6(&program);
    program.sockets.connect(fd, &ip("[::ffff:127.0.0.1]:80"), Blocking).unwrap();
    assert_eq!(program.script.logged("connect 127.0.0.1:80"), 1);
    assert_eq!(program.sockets.peer_address(fd), Ok(ip("[::ffff:127.0.0.1]:80")));
    program.sockets.close(fd).unwrap();
    assert_eq!(program.script.open_sockets(), 0);

    let bound = tcp6(&program);
    program.sockets.bind(bound, &ip("[::ffff:127.0.0.1]:0")).unwrap();
    assert_eq!(program.sockets.local_address(bound), Ok(ip("[::ffff:127.0.0.1]:40000")));
    program.sockets.listen(bound, 1).unwrap();
}

#[test]
fn a_socket_bound_to_all_addresses_connects_with_the_half_that_fits() {
    let program = program();
    let fd = tcp6(&program);
    program.sockets.bind(fd, &ip("[::]:0")).unwrap();
    program.sockets.connect(fd, &ip("[::ffff:127.0.0.1]:80"), Blocking).unwrap();
    assert_eq!(program.script.open_sockets(), 1);
    let other = tcp6(&program);
    program.sockets.bind(other, &ip("[::]:0")).unwrap();
    program.sockets.connect(other, &ip("[::1]:80"), Blocking).unwrap();
    assert_eq!(program.script.open_sockets(), 2);
    assert_eq!(program.sockets.peer_address(other), Ok(ip("[::1]:80")));
}
