//! The interface `polling`: `poll(2)` and `epoll(7)`.

use super::Component;
use super::contract::netdb::GetaddrinfoBorrow;
use super::contract::polling::{self, Event, Guest, GuestPoller};
use super::contract::sockets::SocketBorrow;
use super::contract::types::{Errno, Error};
use super::convert::{contract_error, error_from_core, events_from_core, events_to_core, trigger_to_core};
use super::handle::{Socket, WitResult};
use super::lookup::Lookup;
use super::program::{OwnedDescriptor, mode, with_sockets};
use crate::backend::DefaultNetwork;
use crate::error::Result;
use crate::polling::{Events, PollEntry};
use crate::sockets::{Fd, Sockets};

impl Guest for Component {
    type Poller = Poller;

    fn poll(
        sockets: Vec<(SocketBorrow<'_>, polling::Events)>,
        timeout: Option<u64>,
    ) -> std::result::Result<Vec<polling::Events>, Error> {
        let entry = |(socket, events): &(SocketBorrow<'_>, polling::Events)| {
            let fd = socket.get::<Socket>().0.fd();
            PollEntry::new(fd.unwrap_or(Fd::MAX), events_to_core(*events))
        };
        let mut entries: Vec<PollEntry> = sockets.iter().map(entry).collect();
        with_sockets(|sockets| sockets.poll(&mut entries, mode(timeout))).map_err(error_from_core)?;
        Ok(entries.iter().map(|entry| events_from_core(entry.revents)).collect())
    }
}

/// An instance of `epoll`; none if there was no number left for one.
pub(super) struct Poller(Option<OwnedDescriptor>);

impl Poller {
    fn ask<T>(&self, call: impl FnOnce(&Sockets<DefaultNetwork>, Fd) -> Result<T>) -> WitResult<T> {
        let held = self.0.as_ref().ok_or_else(|| contract_error(Errno::TooManyOpenFiles))?;
        let fd = held.get().ok_or_else(|| contract_error(Errno::BadDescriptor))?;
        with_sockets(|sockets| call(sockets, fd)).map_err(error_from_core)
    }
}

impl Drop for Poller {
    fn drop(&mut self) {
        if let Some(fd) = self.0.as_ref().and_then(OwnedDescriptor::take) {
            // It is open, which is all that closing asks for.
            let _ = with_sockets(|sockets| sockets.close(fd));
        }
    }
}

impl GuestPoller for Poller {
    fn new() -> Self {
        Self(with_sockets(|sockets| sockets.epoll_create()).ok().map(OwnedDescriptor::new))
    }

    fn add_socket(
        &self,
        token: u64,
        socket: SocketBorrow<'_>,
        events: polling::Events,
        trigger: polling::Trigger,
    ) -> WitResult<()> {
        let fd = socket.get::<Socket>().0.fd().ok_or_else(|| contract_error(Errno::BadDescriptor))?;
        let (events, trigger) = (events_to_core(events), trigger_to_core(trigger));
        self.ask(|sockets, epoll| sockets.epoll_add(epoll, token, fd, events, trigger))
    }

    fn add_lookup(&self, token: u64, lookup: GetaddrinfoBorrow<'_>, trigger: polling::Trigger) -> WitResult<()> {
        let fd = lookup.get::<Lookup>().0.get().ok_or_else(|| contract_error(Errno::BadDescriptor))?;
        self.ask(|sockets, epoll| sockets.epoll_add(epoll, token, fd, Events::IN, trigger_to_core(trigger)))
    }

    fn modify(&self, token: u64, events: polling::Events, trigger: polling::Trigger) -> WitResult<()> {
        let (events, trigger) = (events_to_core(events), trigger_to_core(trigger));
        self.ask(|sockets, epoll| sockets.epoll_modify(epoll, token, events, trigger))
    }

    fn remove(&self, token: u64) -> WitResult<()> {
        self.ask(|sockets, epoll| sockets.epoll_remove(epoll, token))
    }

    fn wait(&self, timeout: Option<u64>, max_events: u32) -> WitResult<Vec<Event>> {
        let most = usize::try_from(max_events).unwrap_or(usize::MAX);
        let ready = self.ask(|sockets, epoll| sockets.epoll_wait(epoll, most, mode(timeout)))?;
        Ok(ready.into_iter().map(|(token, events)| Event { token, events: events_from_core(events) }).collect())
    }
}
