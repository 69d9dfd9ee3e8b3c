//! A network of an operating system that does what a script says, and notes what it was asked.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

use wasocket::address::{Address, Family, Kind, Shutdown, UnixAddress};
use wasocket::errno::Errno::*;
use wasocket::message::{MessageFlags, Outgoing};
use wasocket::net::{Found, Interest, Kernel, NetError, NetResult, Network};
use wasocket::options::OptionValue;
use wasocket::sockets::{Events, Trigger};
use wasocket::system::{System, SystemMessage};
use wasocket::time::{Deadline, Moment};
use wasocket::{Error, Result, Sockets};

use crate::scripted::ip;

/// What the system answers next, and what it was asked.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) log: RefCell<Vec<String>>,
    pub(crate) answers: RefCell<VecDeque<Result<Vec<u8>>>>,
    pub(crate) messages: RefCell<VecDeque<SystemMessage<Rc<()>>>>,
    pub(crate) events: RefCell<VecDeque<Vec<Events>>>,
    pub(crate) found: RefCell<VecDeque<Vec<(u64, Events)>>>,
    pub(crate) open: Rc<()>,
    pub(crate) takes: Cell<usize>,
    pub(crate) name: RefCell<Vec<u8>>,
}

#[derive(Clone, Default)]
pub(crate) struct Machine(pub(crate) Rc<Script>);

impl Machine {
    pub(crate) fn note(&self, line: impl Into<String>) {
        self.0.log.borrow_mut().push(line.into());
    }

    fn next(&self) -> Result<Vec<u8>> {
        self.0.answers.borrow_mut().pop_front().unwrap_or(Ok(Vec::new()))
    }

    pub(crate) fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.log.borrow_mut())
    }

    pub(crate) fn will(&self, answer: Result<&[u8]>) {
        self.0.answers.borrow_mut().push_back(answer.map(<[u8]>::to_vec));
    }

    /// How many sockets are open.
    pub(crate) fn open(&self) -> usize {
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
        let name = self.next().map_err(NetError::Error)?;
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

pub(crate) fn program() -> (Machine, Sockets<Machine>) {
    let machine = Machine::default();
    machine.0.takes.set(usize::MAX);
    (machine.clone(), Sockets::new(machine))
}
