//! The interface `polling`: `epoll(7)` over `poll(2)`.

use std::cell::RefCell;
use std::rc::Rc;

use super::Component;
use super::contract::netdb::GetaddrinfoBorrow;
use super::contract::polling::{self, Event, Guest, GuestPoller};
use super::contract::sockets::SocketBorrow;
use super::contract::types::{Errno, Error};
use super::convert::{contract_error, error_from_core, events_from_core, events_to_core};
use super::handle::Socket;
use super::lookup::Lookup;
use super::program::{mode, with_sockets};
use super::registrations::{Registration, Registrations, Source, Trigger};
use crate::polling::{Events, PollEntry};
use crate::sockets::Fd;

impl Guest for Component {
    type Poller = Poller;

    fn poll(
        sockets: Vec<(SocketBorrow<'_>, polling::Events)>,
        timeout: Option<u64>,
    ) -> Result<Vec<polling::Events>, Error> {
        let entry = |(socket, events): &(SocketBorrow<'_>, polling::Events)| {
            let fd = socket.get::<Socket>().0.fd();
            PollEntry::new(fd.unwrap_or(Fd::MAX), events_to_core(*events))
        };
        let mut entries: Vec<PollEntry> = sockets.iter().map(entry).collect();
        wait(&mut entries, timeout)?;
        Ok(entries.iter().map(|entry| events_from_core(entry.revents)).collect())
    }
}

/// Sockets and lookups to wait for.
pub(super) struct Poller(RefCell<Registrations>);

impl Poller {
    fn add(&self, token: u64, registration: Registration) -> Result<(), Error> {
        let added = self.0.borrow_mut().add(token, registration);
        if added { Ok(()) } else { Err(contract_error(Errno::Exists)) }
    }
}

impl GuestPoller for Poller {
    fn new() -> Self {
        Self(RefCell::default())
    }

    fn add_socket(
        &self,
        token: u64,
        socket: SocketBorrow<'_>,
        events: polling::Events,
        trigger: polling::Trigger,
    ) -> Result<(), Error> {
        let handle = &socket.get::<Socket>().0;
        handle.fd().ok_or_else(|| contract_error(Errno::BadDescriptor))?;
        let source = Source::Socket(Rc::clone(handle));
        self.add(token, Registration::new(source, events_to_core(events), trigger_of(trigger)))
    }

    fn add_lookup(&self, token: u64, lookup: GetaddrinfoBorrow<'_>, trigger: polling::Trigger) -> Result<(), Error> {
        let handle = &lookup.get::<Lookup>().0;
        handle.fd().ok_or_else(|| contract_error(Errno::BadDescriptor))?;
        self.add(token, Registration::new(Source::Lookup(Rc::clone(handle)), Events::IN, trigger_of(trigger)))
    }

    fn modify(&self, token: u64, events: polling::Events, trigger: polling::Trigger) -> Result<(), Error> {
        let mut registrations = self.0.borrow_mut();
        let registration = registrations.get_mut(token).ok_or_else(|| contract_error(Errno::NoSuchEntry))?;
        registration.change(events_to_core(events), trigger_of(trigger));
        Ok(())
    }

    fn remove(&self, token: u64) -> Result<(), Error> {
        let removed = self.0.borrow_mut().remove(token);
        if removed { Ok(()) } else { Err(contract_error(Errno::NoSuchEntry)) }
    }

    fn wait(&self, timeout: Option<u64>, max_events: u32) -> Result<Vec<Event>, Error> {
        if max_events == 0 {
            return Err(contract_error(Errno::InvalidArgument));
        }
        let mut registrations = self.0.borrow_mut();
        let (tokens, mut entries) = registrations.entries();
        wait(&mut entries, timeout)?;
        let max = usize::try_from(max_events).unwrap_or(usize::MAX);
        let ready = tokens.into_iter().zip(entries).filter(|(_, entry)| !entry.revents.is_empty()).take(max);
        let report = |(token, entry): (u64, PollEntry)| {
            registrations.report(token, entry.revents);
            Event { token, events: events_from_core(entry.revents) }
        };
        Ok(ready.map(report).collect())
    }
}

/// Waits for `entries`. Nothing found without a timeout means that there is nothing that could ever be found.
fn wait(entries: &mut [PollEntry], timeout: Option<u64>) -> Result<(), Error> {
    let found = with_sockets(|sockets| sockets.poll(entries, mode(timeout))).map_err(error_from_core)?;
    if found == 0 && timeout.is_none() { Err(contract_error(Errno::Deadlock)) } else { Ok(()) }
}

fn trigger_of(trigger: polling::Trigger) -> Trigger {
    Trigger { edge: trigger.contains(polling::Trigger::EDGE), one_shot: trigger.contains(polling::Trigger::ONE_SHOT) }
}
