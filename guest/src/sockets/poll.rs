//! Waiting for many descriptors at once: `select.poll`, `select.select` and all that is built on them.

use std::cell::Ref;
use std::rc::Rc;

use super::description::{Description, Endpoint};
use super::{Events, PollEntry, Sockets};
use crate::errno::Errno;
use crate::error::Result;
use crate::file::StandardStream;
use crate::net::{Interest, Net, Readiness, Source};
use crate::polling::Status;
use crate::time::{Deadline, Timeout};

/// A descriptor that is being waited for.
struct Watched<N: Net> {
    /// Its place among the entries.
    position: usize,
    asked: Events,
    description: Rc<Description<N>>,
    status: Status,
}

impl<N: Net> Sockets<N> {
    /// `poll(2)`: waits until something is ready, fills in `revents` and says how many entries have some. A descriptor that
    /// is not open reports `NVAL` and does not wait.
    ///
    /// # Errors
    /// `EDEADLK`: it would wait for ever for what nobody can make happen. What is wrong with a socket is among its events.
    pub fn poll(&self, entries: &mut [PollEntry], timeout: Timeout) -> Result<usize> {
        let deadline = timeout.deadline(|| self.net().now());
        if let Some(system) = self.net().system() {
            return self.poll_system(system, entries, deadline);
        }
        loop {
            let watched = self.watch(entries);
            let ready = entries.iter().any(|entry| !entry.revents.is_empty());
            let wait = if ready { Deadline::Now } else { deadline };
            if watched.is_empty() && wait == Deadline::Never {
                return Err(Errno::EDEADLK.into());
            }
            let found = self.ask_network(entries, &watched, wait);
            let count = entries.iter().filter(|entry| !entry.revents.is_empty()).count();
            if count > 0 || !found || self.has_passed(deadline) {
                return Ok(count);
            }
        }
    }

    /// What is found is not always something to tell; that must not make a wait longer than it is to be.
    pub(super) fn has_passed(&self, deadline: Deadline) -> bool {
        match deadline {
            Deadline::Never => false,
            Deadline::Now => true,
            Deadline::At(moment) => self.net().now() >= moment,
        }
    }

    /// Fills in what is known already, and collects the rest.
    fn watch(&self, entries: &mut [PollEntry]) -> Vec<Watched<N>> {
        let mut watched = Vec::with_capacity(entries.len());
        for (position, entry) in entries.iter_mut().enumerate() {
            let Ok(description) = self.any_description(entry.fd) else {
                entry.revents = Events::NVAL;
                continue;
            };
            let status = description.status(entry.events);
            entry.revents = status.events.reported(entry.events);
            // A writer learns of a reset only from what there is to read.
            let watch_write = status.watch_write && (entry.events.wants_write() || description.is_connecting());
            let status = Status { watch_write, ..status };
            if status.watch_read || status.watch_write {
                watched.push(Watched { position, asked: entry.events, description, status });
            }
        }
        watched
    }

    /// Asks the network about `watched` until `deadline`; whether it found anything.
    fn ask_network(&self, entries: &mut [PollEntry], watched: &[Watched<N>], deadline: Deadline) -> bool {
        if watched.is_empty() && deadline == Deadline::Now {
            return false;
        }
        let readiness = self.readiness(watched, deadline);
        let mut found = false;
        for (watch, ready) in watched.iter().zip(readiness) {
            if !ready.read && !ready.write {
                continue;
            }
            found = true;
            let events = watch.description.refresh(self.net(), ready);
            if let Some(entry) = entries.get_mut(watch.position) {
                entry.revents = entry.revents.with(events.reported(watch.asked));
            }
        }
        found
    }

    fn readiness(&self, watched: &[Watched<N>], deadline: Deadline) -> Vec<Readiness> {
        let mut sources = Vec::with_capacity(watched.len());
        for (position, watch) in watched.iter().enumerate() {
            let halves = watch.description.sources().into_iter().flatten();
            sources.extend(halves.map(|source| (position, watch.status, source)));
        }
        let interests: Vec<Interest<'_, N>> = sources
            .iter()
            .map(|(_, status, source)| Interest {
                source: source.as_source(),
                read: status.watch_read,
                write: status.watch_write,
            })
            .collect();
        let answers = self.net().poll(&interests, deadline);
        let mut readiness = vec![Readiness::default(); watched.len()];
        for ((position, ..), answer) in sources.iter().zip(answers) {
            if let Some(slot) = readiness.get_mut(*position) {
                slot.read |= answer.read;
                slot.write |= answer.write;
            }
        }
        readiness
    }
}

/// What the network watches, borrowed from its description.
pub(super) enum SourceRef<'a, N: Net> {
    /// A socket whose state may replace it.
    Socket(Ref<'a, N::Socket>),
    /// A socket for life.
    Plain(&'a N::Socket),
    /// A standard stream.
    Stream(StandardStream),
    /// A lookup.
    Lookup(Ref<'a, N::Lookup>),
}

impl<N: Net> SourceRef<'_, N> {
    fn as_source(&self) -> Source<'_, N> {
        match self {
            Self::Socket(socket) => Source::Socket(&**socket),
            Self::Plain(socket) => Source::Socket(*socket),
            Self::Stream(stream) => Source::Stream(*stream),
            Self::Lookup(lookup) => Source::Lookup(&**lookup),
        }
    }
}

impl<N: Net> Description<N> {
    pub(super) fn status(&self, asked: Events) -> Status {
        match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.status(asked),
            Endpoint::Udp(udp) => udp.status(),
            Endpoint::Unix(unix) => unix.status(),
            Endpoint::Pipe(pipe) => pipe.status(),
            Endpoint::Lookup(lookup) => lookup.borrow().status(),
            Endpoint::File(file) if N::HAS_FILES => file.status(),
            Endpoint::System(_) | Endpoint::File(_) | Endpoint::Reserved => Status::default(),
        }
    }

    fn is_connecting(&self) -> bool {
        matches!(&self.endpoint, Endpoint::Tcp(tcp) if tcp.is_connecting())
    }

    /// What the network is to watch: nothing, one thing, or the two halves of a dual-stack listener.
    fn sources(&self) -> [Option<SourceRef<'_, N>>; 2] {
        match &self.endpoint {
            Endpoint::Tcp(tcp) => [tcp.socket(), tcp.listening_twin()].map(|half| half.map(SourceRef::Socket)),
            Endpoint::Udp(udp) => [Some(SourceRef::Plain(udp.socket())), None],
            Endpoint::File(file) if N::HAS_FILES => [file.stream().map(SourceRef::Stream), None],
            Endpoint::Unix(_) | Endpoint::Pipe(_) | Endpoint::File(_) | Endpoint::System(_) | Endpoint::Reserved => {
                [None, None]
            }
            Endpoint::Lookup(lookup) => {
                let lookup = Ref::filter_map(lookup.borrow(), |lookup| lookup.in_progress()).ok();
                [lookup.map(SourceRef::Lookup), None]
            }
        }
    }

    pub(super) fn refresh(&self, net: &N, ready: Readiness) -> Events {
        match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.refresh(net, ready),
            Endpoint::Udp(udp) => udp.refresh(net, ready),
            Endpoint::Unix(unix) => unix.status().events,
            Endpoint::Pipe(pipe) => pipe.status().events,
            Endpoint::Lookup(lookup) => lookup.borrow_mut().refresh(net),
            Endpoint::File(file) if N::HAS_FILES => file.refresh(ready),
            Endpoint::System(_) | Endpoint::File(_) | Endpoint::Reserved => Events::NONE,
        }
    }
}
