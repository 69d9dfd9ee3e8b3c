//! `AF_UNIX` with names, and descriptors that travel: the answers of a native run on Linux.

use wasocket::Result;
use wasocket::address::{Address, Family, Kind, UnixAddress};
use wasocket::errno::Errno::*;
use wasocket::message::{MessageFlags, Outgoing};
use wasocket::options::{OptionValue, SocketOption};
use wasocket::sockets::{Events, Fd, PollEntry};
use wasocket::time::Timeout::{Blocking, NonBlocking};

use crate::scripted::{Program, os, program};

fn path(name: &str) -> Address {
    Address::Unix(UnixAddress::Path(name.into()))
}

fn hidden(name: &str) -> Address {
    Address::Unix(UnixAddress::Abstract(name.into()))
}

fn socket(program: &Program, kind: Kind) -> Fd {
    program.sockets.socket(Family::Unix, kind, 0).unwrap()
}

fn bound(program: &Program, kind: Kind, name: &str) -> Fd {
    let fd = socket(program, kind);
    program.sockets.bind(fd, &path(name)).unwrap();
    fd
}

fn listening(program: &Program, name: &str, backlog: i32) -> Fd {
    let fd = bound(program, Kind::Stream, name);
    program.sockets.listen(fd, backlog).unwrap();
    fd
}

fn connect(program: &Program, fd: Fd, name: &Address) -> Result<()> {
    program.sockets.connect(fd, name, NonBlocking)
}

fn poll_all(program: &Program, fd: Fd) -> u32 {
    let mut entries = [PollEntry::new(fd, Events::from_bits_retain(0xffff))];
    program.sockets.poll(&mut entries, NonBlocking).unwrap();
    entries[0].revents.bits()
}

#[test]
fn a_connection_has_the_names_of_both_ends() {
    let program = program();
    let listener = listening(&program, "server", 1);
    let client = socket(&program, Kind::Stream);
    program.sockets.bind(client, &hidden("client")).unwrap();
    connect(&program, client, &path("server")).unwrap();
    assert_eq!(connect(&program, client, &path("server")), os(EISCONN));
    assert_eq!(poll_all(&program, listener), 0x41);
    let (accepted, peer) = program.sockets.accept(listener, NonBlocking).unwrap();
    assert_eq!(peer, hidden("client"));
    assert_eq!(program.sockets.local_address(accepted), Ok(path("server")));
    assert_eq!(program.sockets.peer_address(client), Ok(path("server")));
    program.send(client, b"hi").unwrap();
    let received = program.sockets.receive(accepted, 9, MessageFlags::empty(), NonBlocking).unwrap();
    assert_eq!((received.data.as_slice(), received.from), (&b"hi"[..], Some(hidden("client"))));
    assert!(program.script.log.borrow().is_empty());
}

#[test]
fn what_cannot_be_connected_says_why() {
    let program = program();
    bound(&program, Kind::Stream, "idle");
    listening(&program, "server", 1);
    let client = socket(&program, Kind::Stream);
    assert_eq!(connect(&program, client, &path("nobody")), os(ENOENT));
    assert_eq!(connect(&program, client, &hidden("nobody")), os(ECONNREFUSED));
    assert_eq!(connect(&program, client, &path("idle")), os(ECONNREFUSED));
    let datagram = socket(&program, Kind::Datagram);
    assert_eq!(connect(&program, datagram, &path("server")), os(EPROTOTYPE));
}

#[test]
fn a_path_is_a_file_until_it_is_unlinked() {
    let program = program();
    let first = bound(&program, Kind::Stream, "/tmp/a");
    let second = socket(&program, Kind::Stream);
    assert_eq!(program.sockets.bind(second, &path("/tmp/a")), os(EADDRINUSE));
    assert_eq!(program.sockets.bind(first, &path("/tmp/b")), os(EINVAL));
    assert!(program.sockets.is_socket_file(b"/tmp/a"));
    assert!(!program.sockets.is_socket_file(b"/tmp/b"));
    program.sockets.close(first).unwrap();
    assert!(program.sockets.is_socket_file(b"/tmp/a"), "its socket is gone, the file is not");
    assert_eq!(program.sockets.bind(second, &path("/tmp/a")), os(EADDRINUSE));
    assert_eq!(connect(&program, second, &path("/tmp/a")), os(ECONNREFUSED));
    program.sockets.unlink_socket_file(b"/tmp/a").unwrap();
    assert_eq!(program.sockets.unlink_socket_file(b"/tmp/a"), os(ENOENT));
    assert_eq!(connect(&program, second, &path("/tmp/a")), os(ENOENT));
    assert_eq!(program.sockets.bind(second, &path("/tmp/a")), Ok(()));
}

#[test]
fn an_unlinked_name_is_free_while_its_socket_lives_on() {
    let program = program();
    let first = listening(&program, "/tmp/a", 1);
    program.sockets.unlink_socket_file(b"/tmp/a").unwrap();
    let second = listening(&program, "/tmp/a", 1);
    program.sockets.close(first).unwrap();
    let client = socket(&program, Kind::Stream);
    assert_eq!(connect(&program, client, &path("/tmp/a")), Ok(()));
    assert!(program.sockets.accept(second, NonBlocking).is_ok());
}

#[test]
fn an_abstract_name_is_free_when_its_socket_is_closed() {
    let program = program();
    let first = socket(&program, Kind::Stream);
    program.sockets.bind(first, &hidden("a")).unwrap();
    let second = socket(&program, Kind::Stream);
    assert_eq!(program.sockets.bind(second, &hidden("a")), os(EADDRINUSE));
    program.sockets.close(first).unwrap();
    assert_eq!(program.sockets.bind(second, &hidden("a")), Ok(()));
}

#[test]
fn a_relative_path_is_a_file_of_the_folder_and_shown_as_it_was_spelled() {
    let program = program();
    program.script.set_folder("/run/app");
    let listener = listening(&program, "./a.sock", 1);
    assert_eq!(program.sockets.local_address(listener), Ok(path("./a.sock")));
    let client = socket(&program, Kind::Stream);
    assert_eq!(connect(&program, client, &path("/run//app/a.sock")), Ok(()));
    assert!(program.sockets.is_socket_file(b"a.sock"));
    program.script.set_folder("/");
    assert!(!program.sockets.is_socket_file(b"a.sock"));
    assert!(program.sockets.is_socket_file(b"run/app/./a.sock"));
    let other = socket(&program, Kind::Stream);
    assert_eq!(connect(&program, other, &path("a.sock")), os(ENOENT));
}

#[test]
fn an_accepted_socket_does_not_give_its_listeners_name_back() {
    let program = program();
    let listener = listening(&program, "server", 5);
    let client = socket(&program, Kind::Stream);
    connect(&program, client, &path("server")).unwrap();
    let (accepted, _) = program.sockets.accept(listener, NonBlocking).unwrap();
    program.sockets.close(accepted).unwrap();
    let another = socket(&program, Kind::Stream);
    assert_eq!(connect(&program, another, &path("server")), Ok(()));
}

#[test]
fn binding_to_nothing_chooses_a_name() {
    let program = program();
    let (first, second) = (socket(&program, Kind::Datagram), socket(&program, Kind::Datagram));
    for fd in [first, second] {
        program.sockets.bind(fd, &Address::Unix(UnixAddress::Unnamed)).unwrap();
    }
    assert_ne!(program.sockets.local_address(first), program.sockets.local_address(second));
}

#[test]
fn a_backlog_is_kept_and_a_listener_that_closes_resets() {
    let program = program();
    let listener = listening(&program, "server", 0);
    let (first, second) = (socket(&program, Kind::Stream), socket(&program, Kind::Stream));
    assert_eq!(connect(&program, first, &path("server")), Ok(()));
    assert_eq!(connect(&program, second, &path("server")), os(EAGAIN));
    assert_eq!(program.sockets.connect(second, &path("server"), Blocking), os(EDEADLK));
    program.sockets.close(listener).unwrap();
    assert_eq!(program.recv(first, 1), os(ECONNRESET));
    assert_eq!(program.send(first, b"x"), os(EPIPE));
    assert_eq!(connect(&program, second, &path("server")), os(ECONNREFUSED));
}

#[test]
fn a_stream_that_is_not_connected_says_so() {
    let program = program();
    let fd = socket(&program, Kind::Stream);
    assert_eq!(program.sockets.listen(fd, 1), os(EINVAL));
    assert_eq!(program.sockets.accept(fd, NonBlocking), os(EINVAL));
    assert_eq!(program.recv(fd, 1), os(EINVAL));
    assert_eq!(program.send(fd, b"x"), os(ENOTCONN));
    assert_eq!(program.sockets.peer_address(fd), os(ENOTCONN));
    assert_eq!(poll_all(&program, fd), 0x314);
    assert_eq!(program.sockets.option(fd, SocketOption::Domain), Ok(OptionValue::Int(1)));
    assert_eq!(program.sockets.option(fd, SocketOption::NoDelay), os(EOPNOTSUPP));
}

#[test]
fn datagrams_go_by_name() {
    let program = program();
    let receiver = bound(&program, Kind::Datagram, "inbox");
    let sender = socket(&program, Kind::Datagram);
    let send_to =
        |name: &Address| program.sockets.send(sender, &[b"hello"], MessageFlags::empty(), Some(name), NonBlocking);
    assert_eq!(program.send(sender, b"x"), os(ENOTCONN));
    assert_eq!(send_to(&path("nobody")), os(ENOENT));
    assert_eq!(send_to(&path("inbox")), Ok(5));
    let received = program.sockets.receive(receiver, 2, MessageFlags::empty(), NonBlocking).unwrap();
    assert_eq!((received.data.as_slice(), received.flags, received.from), (&b"he"[..], MessageFlags::TRUNC, None));
    connect(&program, sender, &path("inbox")).unwrap();
    assert_eq!(program.send(sender, b"again"), Ok(5));
    assert_eq!(program.recv(receiver, 9), Ok(b"again".to_vec()));
    program.sockets.close(receiver).unwrap();
    assert_eq!(program.send(sender, b"x"), os(ECONNREFUSED));
}

#[test]
fn descriptors_travel_with_their_message() {
    let program = program();
    let (left, right) = program.sockets.socketpair(Family::Unix, Kind::Stream, 0).unwrap();
    let (one, other) = program.sockets.socketpair(Family::Unix, Kind::Stream, 0).unwrap();
    let flags = MessageFlags::empty();
    program.send(left, b"1").unwrap();
    program.sockets.send_message(left, &with_rights(&[b"2"], &[one]), flags, NonBlocking).unwrap();
    program.send(left, b"3").unwrap();
    program.sockets.close(one).unwrap();
    let first = program.sockets.receive_message(right, 9, 20, flags, NonBlocking).unwrap();
    assert_eq!(first.data, b"12");
    let [copy] = first.rights[..] else { panic!("one descriptor was sent: {first:?}") };
    program.send(other, b"through").unwrap();
    assert_eq!(program.recv(copy, 9), Ok(b"through".to_vec()));
    assert_eq!(program.recv(right, 9), Ok(b"3".to_vec()));
}

#[test]
fn descriptors_that_nobody_takes_are_closed() {
    let program = program();
    let (left, right) = program.sockets.socketpair(Family::Unix, Kind::Stream, 0).unwrap();
    let (one, other) = program.sockets.socketpair(Family::Unix, Kind::Stream, 0).unwrap();
    let flags = MessageFlags::empty();
    program.sockets.send_message(left, &with_rights(&[b"x"], &[one, one]), flags, NonBlocking).unwrap();
    program.sockets.close(one).unwrap();
    let received = program.sockets.receive_message(right, 9, 20, flags, NonBlocking).unwrap();
    assert_eq!((received.rights.len(), received.flags), (1, MessageFlags::CTRUNC));
    program.sockets.close(received.rights[0]).unwrap();
    assert_eq!(program.recv(other, 1), Ok(Vec::new()), "the last copy is closed");
}

#[test]
fn a_descriptor_that_is_not_open_does_not_travel() {
    let program = program();
    let (left, right) = program.sockets.socketpair(Family::Unix, Kind::Stream, 0).unwrap();
    let sent = program.sockets.send_message(left, &with_rights(&[b"x"], &[9999]), MessageFlags::empty(), NonBlocking);
    assert_eq!(sent, os(EBADF));
    assert_eq!(program.recv(right, 1), os(EAGAIN));
}

#[test]
fn closing_a_socket_that_carries_itself_is_harmless() {
    let program = program();
    let (left, right) = program.sockets.socketpair(Family::Unix, Kind::Stream, 0).unwrap();
    let flags = MessageFlags::empty();
    program.sockets.send_message(left, &with_rights(&[b"x"], &[right, left]), flags, NonBlocking).unwrap();
    program.sockets.close(left).unwrap();
    program.sockets.close(right).unwrap();
}

#[test]
fn a_long_row_of_sockets_that_carry_one_another_is_let_go() {
    let program = program();
    let pair = || program.sockets.socketpair(Family::Unix, Kind::Stream, 0).unwrap();
    let (sender, mut last) = pair();
    program.sockets.close(sender).unwrap();
    for _ in 0..100_000 {
        let (sender, receiver) = pair();
        program
            .sockets
            .send_message(sender, &with_rights(&[b"x"], &[last]), MessageFlags::empty(), NonBlocking)
            .unwrap();
        program.sockets.close(sender).unwrap();
        program.sockets.close(last).unwrap();
        last = receiver;
    }
    program.sockets.close(last).unwrap();
}

fn with_rights<'a>(parts: &'a [&'a [u8]], rights: &'a [Fd]) -> Outgoing<'a, Fd> {
    Outgoing { parts, ancillary: &[], rights, remote: None }
}
