//! Sockets of an operating system: what the core does about them, and what it leaves alone.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

use wasocket::address::{Address, Family, Kind, Shutdown, UnixAddress};
use wasocket::ancillary::Ancillary;
use wasocket::errno::Errno::*;
use wasocket::message::{MessageFlags, Outgoing};
use wasocket::net::{Found, Interest, Kernel, NetResult, Network, Refusal};
use wasocket::netdb::Hints;
use wasocket::options::{OptionValue, SOL_SOCKET};
use wasocket::sockets::{Events, Fd, FileType, PollEntry, PollList, Trigger};
use wasocket::system::{System, SystemMessage};
use wasocket::time::Timeout::{After, Blocking, NonBlocking};
use wasocket::time::{Deadline, Moment};
use wasocket::{Error, Result, Sockets};

use crate::scripted::{ip, os};

/// What the system answers next, and what it was asked.
#[derive(Default)]
struct Script {
    log: RefCell<Vec<String>>,
    answers: RefCell<VecDeque<Result<Vec<u8>>>>,
    messages: RefCell<VecDeque<SystemMessage<Rc<()>>>>,
    events: RefCell<VecDeque<Vec<Events>>>,
    found: RefCell<VecDeque<Vec<(u64, Events)>>>,
    open: Rc<()>,
    takes: Cell<usize>,
    name: RefCell<Vec<u8>>,
}

#[derive(Clone, Default)]
struct Machine(Rc<Script>);

impl Machine {
    fn note(&self, line: impl Into<String>) {
        self.0.log.borrow_mut().push(line.into());
    }

    fn next(&self) -> Result<Vec<u8>> {
        self.0.answers.borrow_mut().pop_front().unwrap_or(Ok(Vec::new()))
    }

    fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.log.borrow_mut())
    }

    fn will(&self, answer: Result<&[u8]>) {
        self.0.answers.borrow_mut().push_back(answer.map(<[u8]>::to_vec));
    }

    /// How many sockets are open.
    fn open(&self) -> usize {
        Rc::strong_count(&self.0.open) - 1
    }
}

impl System for Machine {
    type Set = ();

    fn create(&self, family: Family, kind: Kind, protocol: i32) -> Result<Rc<()>> {
        self.note(format!("socket {family:?} {kind:?} {protocol}"));
        Ok(Rc::clone(&self.0.open))
    }
    fn pair(&self, _: Family, _: Kind, _: i32) -> Result<(Rc<()>, Rc<()>)> {
        Ok((Rc::clone(&self.0.open), Rc::clone(&self.0.open)))
    }
    fn bind(&self, _: &Rc<()>, local: &Address) -> Result<()> {
        self.note(format!("bind {local:?}"));
        self.next().map(drop)
    }
    fn connect(&self, _: &Rc<()>, _: &Address, deadline: Deadline) -> Result<()> {
        self.note(format!("connect {deadline:?}"));
        self.next().map(drop)
    }
    fn listen(&self, _: &Rc<()>, backlog: u32) -> Result<()> {
        self.note(format!("listen {backlog}"));
        Ok(())
    }
    fn accept(&self, _: &Rc<()>, deadline: Deadline) -> Result<(Rc<()>, Address)> {
        self.note(format!("accept {deadline:?}"));
        self.next().map(|_| (Rc::clone(&self.0.open), ip("127.0.0.1:9")))
    }
    fn receive(&self, _: &Rc<()>, max: usize, flags: MessageFlags, deadline: Deadline) -> Result<Vec<u8>> {
        self.note(format!("recv {max} {:#x} {deadline:?}", flags.bits()));
        self.next()
    }
    fn receive_message(
        &self,
        _: &Rc<()>,
        max: usize,
        room: usize,
        flags: MessageFlags,
        _: Deadline,
    ) -> Result<SystemMessage<Rc<()>>> {
        self.note(format!("recvmsg {max} {room} {:#x}", flags.bits()));
        self.0.messages.borrow_mut().pop_front().ok_or(Error::from(EAGAIN))
    }
    fn send(&self, _: &Rc<()>, data: &[u8], _: MessageFlags, deadline: Deadline) -> Result<usize> {
        self.note(format!("send {} {deadline:?}", data.len()));
        self.next().map(|_| data.len().min(self.0.takes.get()))
    }
    fn send_message(&self, _: &Rc<()>, message: &Outgoing<'_, &Rc<()>>, _: MessageFlags, _: Deadline) -> Result<usize> {
        let parts: Vec<usize> = message.parts.iter().map(|part| part.len()).collect();
        let (ancillary, rights) = (message.ancillary.len(), message.rights.len());
        self.note(format!("sendmsg {parts:?} {ancillary} {rights}"));
        self.next().map(|_| parts.iter().sum::<usize>().min(self.0.takes.get()))
    }
    fn shutdown(&self, _: &Rc<()>, how: Shutdown) -> Result<()> {
        self.note(format!("shutdown {how:?}"));
        Ok(())
    }
    fn local_address(&self, _: &Rc<()>) -> Result<Address> {
        let name = self.0.name.borrow().clone();
        Ok(Address::Unix(if name.is_empty() { UnixAddress::Unnamed } else { UnixAddress::Abstract(name) }))
    }
    fn peer_address(&self, _: &Rc<()>) -> Result<Address> {
        Err(Error::from(ENOTCONN))
    }
    fn option(&self, _: &Rc<()>, level: i32, name: i32) -> Result<OptionValue> {
        self.note(format!("getsockopt {level} {name}"));
        self.next().map(OptionValue::Bytes)
    }
    fn set_option(&self, _: &Rc<()>, level: i32, name: i32, value: &OptionValue) -> Result<()> {
        self.note(format!("setsockopt {level} {name} {value:?}"));
        self.next().map(drop)
    }
    fn create_set(&self) -> Result<()> {
        self.note("set");
        Ok(())
    }
    fn add_to_set(&self, (): &(), token: u64, _: &Rc<()>, events: Events, trigger: Trigger) -> Result<()> {
        self.note(format!("add {token} {:#x}", events.bits() | trigger.bits()));
        Ok(())
    }
    fn add_lookup_to_set(&self, (): &(), token: u64, (): &(), trigger: Trigger) -> Result<()> {
        self.note(format!("add lookup {token} {:#x}", trigger.bits()));
        Ok(())
    }
    fn modify_in_set(&self, (): &(), token: u64, events: Events, trigger: Trigger) -> Result<()> {
        self.note(format!("modify {token} {:#x}", events.bits() | trigger.bits()));
        Ok(())
    }
    fn remove_from_set(&self, (): &(), token: u64) -> Result<()> {
        self.note(format!("remove {token}"));
        Err(Error::from(ENOENT))
    }
    fn wait_for_set(
        &self,
        (): &(),
        _: u32,
        beside: &[Interest<'_, Self>],
        deadline: Deadline,
    ) -> Result<Vec<(u64, Events)>> {
        let beside = if beside.is_empty() { String::new() } else { format!(" beside {}", beside.len()) };
        self.note(format!("wait {deadline:?}{beside}"));
        Ok(self.0.found.borrow_mut().pop_front().unwrap_or_default())
    }
    fn reverse_lookup(&self, address: IpAddr) -> Result<()> {
        self.note(format!("reverse {address}"));
        Ok(())
    }
    fn host_name(&self) -> Result<String> {
        Ok("machine".into())
    }
    fn set_host_name(&self, _: &str) -> Result<()> {
        Err(Error::from(EPERM))
    }
    fn interfaces(&self) -> Result<Vec<(u32, String)>> {
        Ok(vec![(1, "lo".into())])
    }
}

impl Network for Machine {
    type Socket = Rc<()>;
    type Lookup = ();
    type Stack = Kernel;

    fn now(&self) -> Moment {
        Moment(1000)
    }
    fn lookup(&self, name: &str) -> NetResult<()> {
        self.note(format!("forward {name}"));
        Ok(())
    }
    fn finish_lookup(&self, (): &mut (), _: Deadline) -> NetResult<Found> {
        let name = self.next().map_err(Refusal::Error)?;
        let canonical_name = (!name.is_empty()).then(|| String::from_utf8(name).unwrap());
        Ok(Found { canonical_name, aliases: Vec::new(), addresses: vec!["10.0.0.7".parse().unwrap()] })
    }
    fn drain(&self, _: Duration) -> bool {
        true
    }
    fn poll(&self, interests: &[Interest<'_, Self>], deadline: Deadline) -> Result<Vec<Events>> {
        self.note(format!("poll {} {deadline:?}", interests.len()));
        Ok(self.0.events.borrow_mut().pop_front().unwrap_or_else(|| vec![Events::empty(); interests.len()]))
    }
}

fn program() -> (Machine, Sockets<Machine>) {
    let machine = Machine::default();
    machine.0.takes.set(usize::MAX);
    (machine.clone(), Sockets::new(machine))
}

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
    let refusal = Error::Os { errno: EACCES, detail: Some("allow it with --allow-outbound tcp://10.0.0.1:1".into()) };
    machine.will(Err(refusal.clone()));
    assert_eq!(sockets.connect(fd, &ip("10.0.0.1:1"), After(Duration::from_secs(1))), Err(refusal));
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
fn a_list_that_is_asked_about_again_becomes_a_set() {
    let (machine, sockets) = program();
    let fds: Vec<Fd> = (0..3).map(|_| sockets.socket(Family::Inet, Kind::Stream, 0).unwrap()).collect();
    let token = |place: usize| u64::from(fds[place]);
    let asked =
        |places: &[usize]| places.iter().map(|place| PollEntry::new(fds[*place], Events::IN)).collect::<Vec<_>>();
    let poll = |entries: &mut [PollEntry]| {
        machine.told();
        let count = sockets.poll(entries, NonBlocking).unwrap();
        (count, machine.told())
    };
    assert_eq!(poll(&mut asked(&[0, 1])), (0, vec!["poll 2 Now".to_owned()]));
    let first =
        ["set".to_owned(), format!("add {} 0x1", token(0)), format!("add {} 0x1", token(1)), "wait Now".to_owned()];
    assert_eq!(poll(&mut asked(&[0, 1])), (0, first.to_vec()));

    // What was found stands where it belongs, and nothing stays of the last time.
    machine.0.found.borrow_mut().push_back(vec![(token(1), Events::IN.union(Events::OUT).union(Events::HUP))]);
    let mut entries = asked(&[0, 1]);
    entries[0].revents = Events::ERR;
    assert_eq!(poll(&mut entries), (1, vec!["wait Now".to_owned()]));
    assert_eq!([entries[0].revents, entries[1].revents], [Events::empty(), Events::IN.union(Events::HUP)]);

    // Another list is the same set with a few changes.
    let mut entries = asked(&[1, 2]);
    entries[0].events = Events::OUT;
    let steps = [format!("remove {}", token(0)), format!("modify {} 0x4", token(1)), format!("add {} 0x1", token(2))];
    assert_eq!(poll(&mut entries), (0, [&steps[..], &["wait Now".to_owned()]].concat()));

    // A number that means another socket now.
    sockets.close(fds[2]).unwrap();
    assert_eq!(sockets.socket(Family::Inet, Kind::Stream, 0), Ok(fds[2]));
    let steps = [format!("remove {}", token(2)), format!("add {} 0x1", token(2)), "wait Now".to_owned()];
    assert_eq!(poll(&mut entries), (0, steps.to_vec()));

    // What is closed, and what is twice in a list, is told as without a set.
    sockets.close(fds[2]).unwrap();
    assert_eq!(poll(&mut entries), (1, vec!["poll 1 Now".to_owned()]));
    assert_eq!(entries[1].revents, Events::NVAL);
    assert_eq!(poll(&mut asked(&[0, 0])), (0, vec!["poll 2 Now".to_owned()]));
    assert_eq!(machine.open(), 2);
}

#[test]
fn what_nobody_asked_for_does_not_end_a_wait() {
    let (machine, sockets) = program();
    let fds: Vec<Fd> = (0..2).map(|_| sockets.socket(Family::Inet, Kind::Stream, 0).unwrap()).collect();
    let asked = || fds.iter().map(|fd| PollEntry::new(*fd, Events::IN)).collect::<Vec<_>>();
    for _ in 0..2 {
        sockets.poll(&mut asked(), NonBlocking).unwrap();
    }
    machine.told();
    for events in [Events::OUT, Events::HUP] {
        machine.0.found.borrow_mut().push_back(vec![(u64::from(fds[1]), events)]);
    }
    let mut entries = asked();
    assert_eq!(sockets.poll(&mut entries, Blocking), Ok(1));
    assert_eq!([entries[0].revents, entries[1].revents], [Events::empty(), Events::HUP]);
    assert_eq!(machine.told(), ["wait Never", "wait Never"]);
}

#[test]
fn a_kept_list_is_not_looked_through_again() {
    let (machine, sockets) = program();
    let fds: Vec<Fd> = (0..2).map(|_| sockets.socket(Family::Inet, Kind::Stream, 0).unwrap()).collect();
    let list = || PollList::new(fds.iter().rev().map(|fd| PollEntry::new(*fd, Events::IN)).collect()).unwrap();
    let found = |events| machine.0.found.borrow_mut().push_back(vec![(u64::from(fds[1]), events)]);
    let kept = list();
    machine.told();
    assert_eq!(sockets.poll_list(&kept, NonBlocking), Ok(vec![]));
    assert_eq!(machine.told(), ["poll 2 Now"], "no set was made yet");
    assert_eq!(sockets.poll_list(&kept, NonBlocking), Ok(vec![]));
    machine.told();
    found(Events::IN.union(Events::OUT));
    let ready = vec![PollEntry { fd: fds[1], events: Events::IN, revents: Events::IN }];
    assert_eq!(sockets.poll_list(&kept.clone(), Blocking), Ok(ready));
    assert_eq!(sockets.poll_list(&kept, NonBlocking), Ok(Vec::new()));
    assert_eq!(machine.told(), ["wait Never", "wait Now"]);

    // What nobody asked for does not end a wait.
    found(Events::OUT);
    found(Events::HUP);
    let ready = vec![PollEntry { fd: fds[1], events: Events::IN, revents: Events::HUP }];
    assert_eq!(sockets.poll_list(&kept, Blocking), Ok(ready));
    assert_eq!(machine.told(), ["wait Never", "wait Never"]);

    // A number that means another socket now is asked about anew, as is one that means nothing.
    sockets.close(fds[1]).unwrap();
    let gone = vec![PollEntry { fd: fds[1], events: Events::IN, revents: Events::NVAL }];
    assert_eq!(sockets.poll_list(&kept, Blocking), Ok(gone));
    assert_eq!(machine.told(), ["poll 1 Now"]);
    assert_eq!(sockets.socket(Family::Inet, Kind::Stream, 0), Ok(fds[1]));
    machine.told();
    assert_eq!(sockets.poll_list(&kept, NonBlocking), Ok(vec![]));
    assert_eq!(machine.told().last().map(String::as_str), Some("wait Now"), "a new set");
    let twice = [Events::IN, Events::OUT].map(|events| PollEntry::new(fds[0], events)).to_vec();
    assert!(PollList::new(twice).is_none(), "each only once");
}

#[test]
fn the_kernels_epoll_watches_its_sockets() {
    let (machine, sockets) = program();
    let fds: Vec<Fd> = (0..3).map(|_| sockets.socket(Family::Inet, Kind::Stream, 0).unwrap()).collect();
    let epoll = sockets.epoll_create().unwrap();
    machine.told();
    sockets.epoll_add(epoll, 10, fds[0], Events::IN, Trigger::empty()).unwrap();
    assert_eq!(sockets.epoll_wait(epoll, 8, NonBlocking), Ok(vec![]));
    assert_eq!(machine.told(), ["poll 1 Now"], "one member needs no set");

    // An edge is the kernel's to see, and what comes later is added at once.
    sockets.epoll_add(epoll, 11, fds[1], Events::IN | Events::OUT, Trigger::EDGE).unwrap();
    sockets.epoll_modify(epoll, 10, Events::OUT, Trigger::ONE_SHOT).unwrap();
    machine.0.found.borrow_mut().push_back(vec![(11, Events::IN | Events::HUP | Events::PRI)]);
    assert_eq!(sockets.epoll_wait(epoll, 8, Blocking), Ok(vec![(11, Events::IN | Events::HUP)]));
    assert_eq!(machine.told(), ["set", "add 10 0x1", "add 11 0x80000005", "modify 10 0x40000004", "wait Never"]);
    sockets.epoll_remove(epoll, 10).unwrap();
    assert_eq!(sockets.epoll_remove(epoll, 10), os(ENOENT));
    assert_eq!(machine.told(), ["remove 10"]);

    // What only this program has is asked first, and watched beside the set.
    let (reader, writer) = sockets.pipe().unwrap();
    sockets.epoll_add(epoll, 20, reader, Events::IN, Trigger::empty()).unwrap();
    assert_eq!(sockets.epoll_wait(epoll, 8, NonBlocking), Ok(vec![]));
    sockets.write(writer, b"x").unwrap();
    machine.0.found.borrow_mut().push_back(vec![(11, Events::OUT)]);
    let both = vec![(20, Events::IN), (11, Events::OUT)];
    assert_eq!(sockets.epoll_wait(epoll, 8, Blocking), Ok(both));
    assert_eq!(sockets.epoll_wait(epoll, 1, Blocking), Ok(vec![(20, Events::IN)]));
    assert_eq!(machine.told(), ["wait Now", "wait Now"], "nothing is taken from the set that there is no room for");

    // A lookup is the kernel's as well, until its answer is there.
    let lookup = sockets.start_getaddrinfo(Some(b"host.test"), None, &Hints::default()).unwrap();
    sockets.epoll_add(epoll, 30, lookup, Events::IN, Trigger::empty()).unwrap();
    assert_eq!(machine.told(), ["forward host.test", "add lookup 30 0x0"]);

    // A descriptor that means something else has given its token back.
    sockets.close(fds[1]).unwrap();
    assert_eq!(sockets.epoll_modify(epoll, 11, Events::IN, Trigger::empty()), os(ENOENT));
    assert_eq!(sockets.socket(Family::Inet, Kind::Stream, 0), Ok(fds[1]));
    assert_eq!(sockets.epoll_add(epoll, 11, fds[1], Events::IN, Trigger::empty()), Ok(()));
    assert_eq!(sockets.epoll_add(epoll, 11, fds[2], Events::IN, Trigger::empty()), os(EEXIST));
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
