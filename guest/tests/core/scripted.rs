//! A network that answers what a script says.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use wasocket::Sockets;
use wasocket::address::{Address, Family, IpFamily, Kind, Shutdown};
use wasocket::errno::Errno;
use wasocket::file::StandardStream;
use wasocket::message::MessageFlags;
use wasocket::net::{
    Datagram, ErrorCode, Found, Interest, NetError, NetOption, NetResult, Network, Protocol, Source, Transport,
    Userspace,
};
use wasocket::sockets::{Events, Fd};
use wasocket::time::{Deadline, Moment, Timeout};
use wasocket::{Error, Result};

/// What the network does on the next call of each kind; without a script it does what works at once.
#[derive(Default)]
pub(crate) struct Script {
    clock: Cell<u64>,
    pub(crate) log: RefCell<Vec<String>>,
    connect: RefCell<VecDeque<NetResult<()>>>,
    accept: RefCell<VecDeque<NetResult<Option<SocketAddr>>>>,
    receive: RefCell<VecDeque<NetResult<Vec<u8>>>>,
    send: RefCell<VecDeque<NetResult<usize>>>,
    datagrams: RefCell<VecDeque<NetResult<Datagram>>>,
    bind: RefCell<VecDeque<NetResult<()>>>,
    ready: RefCell<VecDeque<Events>>,
    options: RefCell<HashMap<NetOption, u64>>,
    open_sockets: Cell<i32>,
    folder: RefCell<Vec<u8>>,
    others: RefCell<VecDeque<Box<dyn FnOnce()>>>,
}

/// A socket of the script.
pub(crate) struct ScriptSocket {
    script: Rc<Script>,
    bound: Cell<Option<SocketAddr>>,
    peer: Cell<Option<SocketAddr>>,
}

impl Drop for ScriptSocket {
    fn drop(&mut self) {
        self.script.open_sockets.set(self.script.open_sockets.get() - 1);
    }
}

/// The network: a handle to its script. With threads, the script says what another one does while one waits.
#[derive(Clone, Default)]
pub(crate) struct ScriptNet<const HAS_THREADS: bool = false>(pub(crate) Rc<Script>);

/// Where the script's network puts its sockets and its peers.
pub(crate) const LOCAL: &str = "127.0.0.1:40000";
pub(crate) const PEER: &str = "127.0.0.1:50000";

pub(crate) fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

pub(crate) fn ip(text: &str) -> Address {
    Address::Ip(address(text))
}

impl Script {
    pub(crate) fn on_connect(&self, answer: NetResult<()>) {
        self.connect.borrow_mut().push_back(answer);
    }
    pub(crate) fn on_accept(&self, answer: NetResult<Option<SocketAddr>>) {
        self.accept.borrow_mut().push_back(answer);
    }
    pub(crate) fn on_receive(&self, answer: NetResult<&[u8]>) {
        self.receive.borrow_mut().push_back(answer.map(<[u8]>::to_vec));
    }
    pub(crate) fn on_send(&self, answer: NetResult<usize>) {
        self.send.borrow_mut().push_back(answer);
    }
    pub(crate) fn on_bind(&self, answer: NetResult<()>) {
        self.bind.borrow_mut().push_back(answer);
    }
    pub(crate) fn on_datagram(&self, data: &[u8], from: &str) {
        self.datagrams.borrow_mut().push_back(Ok(Datagram { data: data.to_vec(), from: address(from) }));
    }
    pub(crate) fn on_datagram_error(&self, error: NetError) {
        self.datagrams.borrow_mut().push_back(Err(error));
    }
    pub(crate) fn on_poll(&self, read: bool, write: bool) {
        let ready = [(read, Events::IN), (write, Events::OUT)].into_iter().filter(|(is_ready, _)| *is_ready);
        self.ready.borrow_mut().push_back(ready.map(|(_, events)| events).collect());
    }
    pub(crate) fn now(&self) -> Duration {
        Duration::from_nanos(self.clock.get())
    }
    pub(crate) fn let_pass(&self, time: Duration) {
        self.pass(Deadline::At(Moment(self.clock.get()).after(time)));
    }
    /// What another thread does during the next wait.
    pub(crate) fn meanwhile(&self, other: impl FnOnce() + 'static) {
        self.others.borrow_mut().push_back(Box::new(other));
    }
    /// Lets another thread run, or the time pass; whether there is another one.
    fn let_others_run(&self, deadline: Deadline) -> bool {
        let other = self.others.borrow_mut().pop_front();
        let is_there = other.is_some();
        match other {
            Some(other) => other(),
            None => self.pass(deadline),
        }
        is_there
    }
    /// How many answers to a receive are left.
    pub(crate) fn unread(&self) -> usize {
        self.receive.borrow().len()
    }
    pub(crate) fn open_sockets(&self) -> i32 {
        self.open_sockets.get()
    }
    pub(crate) fn logged(&self, what: &str) -> usize {
        self.log.borrow().iter().filter(|line| line.starts_with(what)).count()
    }

    /// `os.chdir(folder)`.
    pub(crate) fn set_folder(&self, folder: &str) {
        self.folder.replace(folder.as_bytes().to_vec());
    }

    fn note(&self, line: String) {
        self.log.borrow_mut().push(line);
    }

    /// Lets the time pass that a call would have waited.
    fn pass(&self, deadline: Deadline) {
        match deadline {
            Deadline::At(Moment(moment)) => self.clock.set(self.clock.get().max(moment)),
            Deadline::Now => {}
            Deadline::Never => panic!("the script would wait for ever: {:?}", self.log.borrow()),
        }
    }

    fn answer<T>(&self, queue: &RefCell<VecDeque<NetResult<T>>>, deadline: Deadline) -> Option<NetResult<T>> {
        let answer = queue.borrow_mut().pop_front();
        if matches!(answer, Some(Err(NetError::WouldBlock))) {
            self.pass(deadline);
        }
        answer
    }
}

impl<const HAS_THREADS: bool> ScriptNet<HAS_THREADS> {
    fn socket(&self, peer: Option<SocketAddr>) -> Rc<ScriptSocket> {
        self.0.open_sockets.set(self.0.open_sockets.get() + 1);
        let bound = peer.map(|_| address(LOCAL));
        Rc::new(ScriptSocket { script: Rc::clone(&self.0), bound: Cell::new(bound), peer: Cell::new(peer) })
    }
}

impl<const HAS_THREADS: bool> Network for ScriptNet<HAS_THREADS> {
    type Socket = Rc<ScriptSocket>;
    type Lookup = ();
    type Stack = Userspace;

    const HAS_FILES: bool = true;
    const HAS_THREADS: bool = HAS_THREADS;

    fn now(&self) -> Moment {
        Moment(self.0.clock.get())
    }
    fn read_stream(&self, stream: StandardStream, max: usize, deadline: Deadline) -> NetResult<Vec<u8>> {
        self.0.note(format!("read {stream:?} {max}"));
        self.0.answer(&self.0.receive, deadline).unwrap_or_else(|| {
            self.0.pass(deadline);
            Err(NetError::WouldBlock)
        })
    }
    fn write_stream(&self, stream: StandardStream, data: &[u8], deadline: Deadline) -> NetResult<usize> {
        let count = self.0.answer(&self.0.send, deadline).unwrap_or(Ok(data.len()))?;
        self.0.note(format!("write {stream:?} {:?}", String::from_utf8_lossy(&data[..count])));
        Ok(count)
    }
    fn random_bytes(&self, count: usize) -> NetResult<Vec<u8>> {
        Ok(vec![4; count])
    }
    fn working_folder(&self) -> Option<Vec<u8>> {
        Some(self.0.folder.borrow().clone())
    }
    fn lookup(&self, name: &str) -> NetResult<()> {
        panic!("an unexpected lookup of {name}");
    }
    fn finish_lookup(&self, (): &mut (), _: Deadline) -> NetResult<Found> {
        Err(NetError::WouldBlock)
    }
    fn drain(&self, _: Duration) -> bool {
        true
    }
    fn poll(&self, interests: &[Interest<'_, Self>], deadline: Deadline) -> Result<Vec<Events>> {
        let mut any = false;
        let answer = |interest: &Interest<'_, Self>| {
            let (Source::Socket(_) | Source::Stream(_)) = interest.source else { return Events::empty() };
            let ready = self.0.ready.borrow_mut().pop_front().unwrap_or_default() & interest.events;
            any |= !ready.is_empty();
            ready
        };
        let answers = interests.iter().map(answer).collect();
        if !any && (deadline == Deadline::Now || !self.are_others()) {
            self.0.pass(deadline);
        } else if !any {
            self.0.let_others_run(deadline);
        }
        Ok(answers)
    }
    fn are_others(&self) -> bool {
        HAS_THREADS && !self.0.others.borrow().is_empty()
    }
    fn wait_among_others(&self, interests: &[Interest<'_, Self>], deadline: Deadline) {
        self.0.note(format!("wait for {}", interests.len()));
        self.0.let_others_run(deadline);
    }
    fn wait_for_change(&self, deadline: Deadline) -> Result<bool> {
        Ok(self.0.let_others_run(deadline))
    }
    fn changed_at(&self, _: &Source<'_, Self>) {
        self.0.note("changed".to_owned());
    }
}

impl<const HAS_THREADS: bool> Transport for ScriptNet<HAS_THREADS> {
    fn open(&self, family: IpFamily, protocol: Protocol) -> NetResult<Rc<ScriptSocket>> {
        self.0.note(format!("open {family:?} {protocol:?}"));
        Ok(self.socket(None))
    }
    fn bind(&self, socket: &Rc<ScriptSocket>, local: SocketAddr) -> NetResult<()> {
        self.0.note(format!("bind {local}"));
        self.0.answer(&self.0.bind, Deadline::Now).unwrap_or(Ok(()))?;
        let port = if local.port() == 0 { 40_000 } else { local.port() };
        socket.bound.set(Some(SocketAddr::new(local.ip(), port)));
        Ok(())
    }
    fn connect(&self, socket: &Rc<ScriptSocket>, remote: SocketAddr, deadline: Deadline) -> NetResult<()> {
        self.0.note(format!("connect {remote}"));
        socket.peer.set(Some(remote));
        self.0.answer(&self.0.connect, deadline).unwrap_or(Ok(()))
    }
    fn finish_connect(&self, _: &Rc<ScriptSocket>, deadline: Deadline) -> NetResult<()> {
        self.0.answer(&self.0.connect, deadline).unwrap_or(Ok(()))
    }
    fn listen(&self, _: &Rc<ScriptSocket>, backlog: u32) -> NetResult<()> {
        self.0.note(format!("listen {backlog}"));
        Ok(())
    }
    fn accept(&self, _: &Rc<ScriptSocket>, deadline: Deadline) -> NetResult<(Rc<ScriptSocket>, Option<SocketAddr>)> {
        match self.0.answer(&self.0.accept, deadline) {
            Some(answer) => answer.map(|peer| (self.socket(Some(address(PEER))), peer)),
            None => {
                self.0.pass(deadline);
                Err(NetError::WouldBlock)
            }
        }
    }
    fn receive(&self, _: &Rc<ScriptSocket>, max: usize, deadline: Deadline) -> NetResult<Vec<u8>> {
        match self.0.answer(&self.0.receive, deadline) {
            Some(answer) => answer.map(|mut data| {
                assert!(data.len() <= max, "the script gives {} bytes, {max} were asked for", data.len());
                data.truncate(max);
                data
            }),
            None => {
                self.0.pass(deadline);
                Err(NetError::WouldBlock)
            }
        }
    }
    fn send(&self, _: &Rc<ScriptSocket>, data: &[u8], deadline: Deadline) -> NetResult<usize> {
        let count = self.0.answer(&self.0.send, deadline).unwrap_or(Ok(data.len()))?;
        self.0.note(format!("send {:?}", String::from_utf8_lossy(&data[..count])));
        Ok(count)
    }
    fn shutdown(&self, _: &Rc<ScriptSocket>, how: Shutdown) -> NetResult<()> {
        self.0.note(format!("shutdown {how:?}"));
        Ok(())
    }
    fn receive_from(&self, _: &Rc<ScriptSocket>, deadline: Deadline) -> NetResult<Datagram> {
        self.0.answer(&self.0.datagrams, deadline).unwrap_or_else(|| {
            self.0.pass(deadline);
            Err(NetError::WouldBlock)
        })
    }
    fn send_to(&self, _: &Rc<ScriptSocket>, data: &[u8], remote: Option<SocketAddr>, _: Deadline) -> NetResult<()> {
        self.0.note(format!("send {:?} to {remote:?}", String::from_utf8_lossy(data)));
        Ok(())
    }
    fn local_address(&self, socket: &Rc<ScriptSocket>) -> NetResult<SocketAddr> {
        socket.bound.get().ok_or(NetError::Code(ErrorCode::InvalidState))
    }
    fn peer_address(&self, socket: &Rc<ScriptSocket>) -> NetResult<SocketAddr> {
        socket.peer.get().ok_or(NetError::Code(ErrorCode::InvalidState))
    }
    fn option(&self, _: &Rc<ScriptSocket>, option: NetOption) -> NetResult<u64> {
        Ok(self.0.options.borrow().get(&option).copied().unwrap_or(0))
    }
    fn set_option(&self, _: &Rc<ScriptSocket>, option: NetOption, value: u64) -> NetResult<()> {
        self.0.note(format!("set {option:?} {value}"));
        self.0.options.borrow_mut().insert(option, value);
        Ok(())
    }
}

/// A program under test: its sockets, and the script below them.
pub(crate) struct Program {
    pub(crate) sockets: Sockets<ScriptNet>,
    pub(crate) script: Rc<Script>,
}

/// A program with no sockets yet.
pub(crate) fn program() -> Program {
    let net = <ScriptNet>::default();
    let script = Rc::clone(&net.0);
    Program { sockets: Sockets::new(net), script }
}

impl Program {
    pub(crate) fn tcp(&self) -> Fd {
        self.sockets.socket(Family::Inet, Kind::Stream, 0).unwrap()
    }
    pub(crate) fn udp(&self) -> Fd {
        self.sockets.socket(Family::Inet, Kind::Datagram, 0).unwrap()
    }
    pub(crate) fn connected(&self) -> Fd {
        let fd = self.tcp();
        self.sockets.connect(fd, &ip(PEER), Timeout::Blocking).unwrap();
        fd
    }
    pub(crate) fn connecting(&self) -> Fd {
        let fd = self.tcp();
        self.script.on_connect(Err(NetError::WouldBlock));
        let started = self.sockets.connect(fd, &ip(PEER), Timeout::NonBlocking);
        assert_eq!(started, os(Errno::EINPROGRESS));
        fd
    }
    pub(crate) fn listening(&self) -> Fd {
        let fd = self.tcp();
        self.sockets.listen(fd, 5).unwrap();
        fd
    }
    pub(crate) fn recv(&self, fd: Fd, max: usize) -> Result<Vec<u8>> {
        self.recv_with(fd, max, MessageFlags::empty(), Timeout::NonBlocking)
    }
    pub(crate) fn recv_with(&self, fd: Fd, max: usize, flags: MessageFlags, timeout: Timeout) -> Result<Vec<u8>> {
        self.sockets.receive(fd, max, flags, timeout).map(|received| received.data)
    }
    pub(crate) fn send(&self, fd: Fd, data: &[u8]) -> Result<usize> {
        self.sockets.send(fd, &[data], MessageFlags::empty(), None, Timeout::NonBlocking)
    }
}

/// An error with a code.
pub(crate) fn refused(code: ErrorCode) -> NetError {
    NetError::Code(code)
}

/// A result that is this errno.
pub(crate) fn os<T>(errno: Errno) -> Result<T> {
    Err(Error::from(errno))
}
