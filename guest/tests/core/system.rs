//! Sockets of an operating system: what the core does about them, and what it leaves alone.

use std::rc::Rc;
use std::time::Duration;

use wasocket::address::{Family, Kind};
use wasocket::ancillary::Ancillary;
use wasocket::errno::Errno::*;
use wasocket::message::{MessageFlags, Outgoing};
use wasocket::options::{OptionValue, SOL_SOCKET};
use wasocket::sockets::{Events, Fd, FileType, PollEntry};
use wasocket::system::SystemMessage;
use wasocket::time::Timeout::{After, Blocking, NonBlocking};
use wasocket::{Error, Sockets};

use crate::machine::{Machine, program};
use crate::scripted::{ip, os};

fn socket(family: Family, kind: Kind) -> (Machine, Sockets<Machine>, Fd) {
    let (machine, sockets) = program();
    let fd = sockets.socket(family, kind, 0).unwrap();
    machine.told();
    (machine, sockets, fd)
}

fn tcp() -> (Machine, Sockets<Machine>, Fd) {
    socket(Family::Inet, Kind::Stream)
}

#[test]
fn every_kind_of_socket_is_the_systems() {
    let (machine, sockets) = program();
    for (family, kind, protocol, shown) in [
        (Family::Inet, Kind::Stream, 0, 6),
        (Family::Inet6, Kind::Datagram, 0, 17),
        (Family::Inet, Kind::Datagram, 136, 136),
        (Family::Unix, Kind::SequentialPacket, 0, 0),
    ] {
        let fd = sockets.socket(family, kind, protocol).unwrap();
        assert_eq!(sockets.protocol(fd), Ok(shown));
    }
    let (one, _) = sockets.socketpair(Family::Unix, Kind::Stream, 0).unwrap();
    assert_eq!(machine.open(), 6);
    let copy = sockets.dup(one).unwrap();
    sockets.close(one).unwrap();
    assert_eq!(machine.open(), 6);
    sockets.close(copy).unwrap();
    assert_eq!(machine.open(), 5);
    assert!(sockets.drain(Duration::ZERO));
    assert_eq!(machine.open(), 0);
}

#[test]
fn what_was_too_late_is_told_by_the_mode_of_the_call() {
    let (machine, sockets, fd) = tcp();
    let cases = [
        (NonBlocking, Error::from(EAGAIN)),
        (After(Duration::from_nanos(5)), Error::Timeout),
        (Blocking, Error::from(EAGAIN)),
    ];
    for (mode, error) in cases {
        machine.will(Err(Error::from(EAGAIN)));
        assert_eq!(sockets.receive(fd, 9, MessageFlags::empty(), mode), Err(error));
    }
    assert_eq!(machine.told(), ["recv 9 0x0 Now", "recv 9 0x0 At(Moment(1005))", "recv 9 0x0 Never"]);
    for (mode, error) in [(NonBlocking, Error::from(EINPROGRESS)), (After(Duration::from_nanos(5)), Error::Timeout)] {
        machine.will(Err(Error::from(EINPROGRESS)));
        assert_eq!(sockets.connect(fd, &ip("10.0.0.1:1"), mode), Err(error));
    }
    machine.will(Err(Error::from(EALREADY)));
    assert_eq!(sockets.connect(fd, &ip("10.0.0.1:1"), NonBlocking), os(EALREADY));
}

#[test]
fn a_limit_in_time_is_kept_here() {
    let (machine, sockets, fd) = tcp();
    let limit = OptionValue::Bytes([0_u64, 2].map(u64::to_le_bytes).concat());
    sockets.set_numbered_option(fd, SOL_SOCKET, 20, &limit).unwrap();
    assert_eq!(sockets.numbered_option(fd, SOL_SOCKET, 20), Ok(limit));
    machine.will(Err(Error::from(EAGAIN)));
    assert_eq!(sockets.receive(fd, 9, MessageFlags::empty(), Blocking), os(EAGAIN));
    assert_eq!(machine.told(), ["recv 9 0x0 At(Moment(3000))"]);
}

#[test]
fn other_options_pass_through_by_their_numbers() {
    let (machine, sockets, fd) = tcp();
    sockets.set_numbered_option(fd, 6, 1, &OptionValue::Int(1)).unwrap();
    machine.will(Ok(b"\x01\0\0\0"));
    assert_eq!(sockets.numbered_option(fd, 4242, 77), Ok(OptionValue::Bytes(vec![1, 0, 0, 0])));
    assert_eq!(machine.told(), ["setsockopt 6 1 Int(1)", "getsockopt 4242 77"]);
}

#[test]
fn a_refusal_keeps_its_text() {
    let (machine, sockets, fd) = tcp();
    let error = Error::Os { errno: EACCES, detail: Some("allow it with --allow-outbound tcp://10.0.0.1:1".into()) };
    machine.will(Err(error.clone()));
    assert_eq!(sockets.connect(fd, &ip("10.0.0.1:1"), After(Duration::from_secs(1))), Err(error));
}

#[test]
fn who_waits_for_all_asks_until_it_is_there() {
    let (machine, sockets, fd) = tcp();
    let whole = vec![b'x'; 1 << 20];
    machine.will(Ok(&whole));
    machine.will(Ok(b"ab"));
    machine.will(Ok(b""));
    let received = sockets.receive(fd, (1 << 20) + 5, MessageFlags::WAITALL, Blocking).unwrap();
    assert_eq!(received.data.len(), (1 << 20) + 2);
    assert_eq!(machine.told(), ["recv 1048576 0x100 Never", "recv 5 0x100 Never", "recv 3 0x100 Never"]);
    // A kernel waits for all on a blocking socket alone.
    sockets.receive(fd, 5, MessageFlags::WAITALL.union(MessageFlags::DONTWAIT), Blocking).unwrap();
    sockets.receive(fd, 5, MessageFlags::WAITALL, After(Duration::from_nanos(5))).unwrap();
    assert_eq!(machine.told(), ["recv 5 0x0 Now", "recv 5 0x0 At(Moment(1005))"]);
}

#[test]
fn a_blocking_stream_takes_all_and_others_what_there_is_room_for() {
    let (machine, sockets, fd) = tcp();
    machine.0.takes.set(700_000);
    let data = vec![0; 1_500_000];
    assert_eq!(sockets.send(fd, &[&data], MessageFlags::empty(), None, Blocking), Ok(1_500_000));
    assert_eq!(machine.told(), ["send 1048576 Never", "send 800000 Never", "send 100000 Never"]);
    let parts: [&[u8]; 3] = [&data[..600_000], b"", &data[..600_000]];
    assert_eq!(sockets.send(fd, &parts, MessageFlags::empty(), None, NonBlocking), Ok(700_000));
    assert_eq!(machine.told(), ["sendmsg [600000, 448576] 0 0"]);
    machine.will(Ok(b""));
    machine.will(Err(Error::from(EPIPE)));
    assert_eq!(sockets.send(fd, &[&data], MessageFlags::empty(), None, Blocking), Ok(700_000));
}

#[test]
fn a_message_goes_as_one_or_not_at_all() {
    let (machine, sockets, fd) = socket(Family::Inet, Kind::Datagram);
    let data = vec![0; (1 << 20) + 1];
    assert_eq!(sockets.send(fd, &[&data], MessageFlags::empty(), None, Blocking), os(EMSGSIZE));
    let ancillary = [Ancillary { level: 0, kind: 8, data: vec![0; 12] }];
    let message = Outgoing { parts: &[b"a", b"b"], ancillary: &ancillary, rights: &[], remote: None };
    assert_eq!(sockets.send_message(fd, &message, MessageFlags::empty(), NonBlocking), Ok(2));
    assert_eq!(machine.told(), ["sendmsg [1, 1] 1 0"]);
}

#[test]
fn a_token_travels_for_what_is_no_socket_and_arrives_as_that() {
    let (machine, sockets, fd) = socket(Family::Unix, Kind::Stream);
    let (reader, writer) = sockets.pipe().unwrap();
    machine.0.name.replace(b"00000".to_vec());
    let message = Outgoing { parts: &[b"x"], ancillary: &[], rights: &[reader], remote: None };
    assert_eq!(sockets.send_message(fd, &message, MessageFlags::empty(), Blocking), Ok(1));
    sockets.close(reader).unwrap();
    assert_eq!(sockets.write(writer, b"on its way"), Ok(10), "what is under way is open");
    let receive = |flags| {
        let rights = vec![Rc::clone(&machine.0.open)];
        let message = SystemMessage { data: b"x".to_vec(), ancillary: vec![], rights, flags, sender: None, length: 1 };
        machine.0.messages.borrow_mut().push_back(message);
        for number in [1, 1, 0_i32] {
            machine.will(Ok(&number.to_le_bytes()));
        }
        sockets.receive_message(fd, 9, 24, flags, Blocking).unwrap().rights
    };
    let seen = receive(MessageFlags::PEEK);
    let taken = receive(MessageFlags::empty());
    let foreign = receive(MessageFlags::empty());
    assert_eq!([&seen, &taken, &foreign].map(Vec::len), [1, 1, 1]);
    assert_eq!(sockets.read(seen[0], 2), Ok(b"on".to_vec()));
    assert_eq!(sockets.read(taken[0], 9), Ok(b" its way".to_vec()));
    assert_eq!(sockets.file_type(foreign[0]), Ok(FileType::Socket), "a token counts once");
}

#[test]
fn what_nobody_can_receive_is_let_go() {
    let (machine, sockets, fd) = socket(Family::Unix, Kind::Stream);
    machine.0.name.replace(b"00000".to_vec());
    let send = || {
        let (reader, writer) = sockets.pipe().unwrap();
        let message = Outgoing { parts: &[b"x"], ancillary: &[], rights: &[reader], remote: None };
        assert_eq!(sockets.send_message(fd, &message, MessageFlags::empty(), Blocking), Ok(1));
        sockets.close(reader).unwrap();
        writer
    };
    let lost = send();
    assert_eq!(sockets.write(lost, b"x"), Ok(1));
    machine.0.events.borrow_mut().push_back(vec![Events::HUP]);
    send();
    assert_eq!(sockets.write(lost, b"x"), os(EPIPE));
}

#[test]
fn sockets_travel_and_arrive_as_what_the_system_says_they_are() {
    let (machine, sockets, fd) = socket(Family::Unix, Kind::Stream);
    let other = sockets.dup(fd).unwrap();
    let message = Outgoing { parts: &[b"x"], ancillary: &[], rights: &[other], remote: None };
    assert_eq!(sockets.send_message(fd, &message, MessageFlags::empty(), Blocking), Ok(1));
    let (reader, _) = sockets.pipe().unwrap();
    let message = Outgoing { rights: &[reader], ..message };
    assert_eq!(sockets.send_message(fd, &message, MessageFlags::empty(), Blocking), os(EOPNOTSUPP));
    assert_eq!(machine.told(), ["sendmsg [1] 0 1", "bind Unix(Unnamed)"]);

    let rights = vec![Rc::clone(&machine.0.open), Rc::clone(&machine.0.open)];
    let ancillary = vec![Ancillary { level: 1, kind: 2, data: vec![0; 12] }];
    let flags = MessageFlags::CTRUNC;
    let message =
        SystemMessage { data: b"x".to_vec(), ancillary: ancillary.clone(), rights, flags, sender: None, length: 1 };
    machine.0.messages.borrow_mut().push_back(message);
    // Domain, type and protocol of each: AF_INET6, SOCK_DGRAM, IPPROTO_UDPLITE.
    for number in [10, 2, 136, 10, 2, 136_i32] {
        machine.will(Ok(&number.to_le_bytes()));
    }
    let received = sockets.receive_message(fd, 9, 24, MessageFlags::empty(), Blocking).unwrap();
    assert_eq!((received.ancillary, received.flags, received.rights.len()), (ancillary, flags, 2));
    let first = received.rights[0];
    assert_eq!(sockets.family(first), Ok(Family::Inet6));
    assert_eq!(sockets.kind(first), Ok(Kind::Datagram));
    assert_eq!(sockets.protocol(first), Ok(136));
}

#[test]
fn poll_asks_the_system_about_its_sockets_alone() {
    let (machine, sockets, fd) = tcp();
    let (reader, writer) = sockets.pipe().unwrap();
    let asked = [fd, reader, writer, 7].map(|fd| PollEntry::new(fd, Events::IN));
    let mut entries = asked;
    machine.0.events.borrow_mut().push_back(vec![Events::IN.union(Events::HUP)]);
    assert_eq!(sockets.poll(&mut entries, Blocking), Ok(2));
    assert_eq!(entries[0].revents, Events::IN.union(Events::HUP));
    assert_eq!([entries[1].revents, entries[3].revents], [Events::empty(), Events::NVAL]);
    assert_eq!(machine.told(), ["poll 1 Now"]);

    let mut entries = [asked[0], asked[1]];
    assert_eq!(sockets.poll(&mut entries, NonBlocking), Ok(0));
    sockets.write(writer, b"x").unwrap();
    assert_eq!(sockets.poll(&mut entries, Blocking), Ok(1));
    assert_eq!(entries[1].revents, Events::IN);
    assert_eq!(machine.told(), ["poll 1 Now", "poll 1 Now"]);
    assert_eq!(sockets.poll(&mut [], Blocking), os(EDEADLK));
}

#[test]
fn names_of_addresses_are_asked_for() {
    let (machine, sockets) = program();
    machine.will(Ok(b"host.test"));
    let entry = sockets.gethostbyaddr(b"10.0.0.7").unwrap();
    assert_eq!(entry.name, "host.test");
    assert_eq!(sockets.gethostbyaddr(b"127.0.0.1").unwrap().name, "localhost");
    assert_eq!(machine.told(), ["reverse 10.0.0.7"]);
    machine.will(Ok(b"host.test"));
    let info = sockets.getnameinfo("10.0.0.7:80".parse().unwrap(), 0).unwrap();
    assert_eq!((info.host.as_str(), info.service.as_str()), ("host.test", "http"));
    machine.will(Err(Error::Os { errno: EACCES, detail: Some("no".into()) }));
    assert_eq!(sockets.getnameinfo("10.0.0.7:80".parse().unwrap(), 0).unwrap().host, "10.0.0.7");
}
