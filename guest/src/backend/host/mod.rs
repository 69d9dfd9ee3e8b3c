//! The network of our own host: the contract's interface `host`.
//!
//! Every socket is one of the operating system behind it, which keeps its state: each call here is one call over there,
//! and one crossing. [`convert`] holds what the two sides call things.

mod convert;
mod mixed;
#[cfg(feature = "signals")]
pub mod signals;
#[cfg(not(feature = "signals"))]
#[path = "uninterrupted.rs"]
mod signals;
mod system;
#[cfg(feature = "threads")]
pub mod threads;
mod waiting;

#[allow(unsafe_code, reason = "the canonical ABI is pointers and lengths; the generated code alone deals with them")]
#[allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    reason = "generated from the contract, which documents it"
)]
pub(crate) mod bindings {
    wit_bindgen::generate!({
        path: "wit",
        world: "network",
        ownership: Borrowing { duplicate_if_necessary: false },
        with: { "wasi:io/poll@0.2.12": wasip2::io::poll },
        generate_all,
    });
}

use std::rc::Rc;
use std::time::Duration;

use wasip2::io::poll::Pollable;

use self::bindings::wasocket::socket::host;
use self::convert::{deadline_to_host, error_from_host, events_from_host, ip_from_host, readiness_to_host};
use super::command::{self, Streams};
use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::file::StandardStream;
use crate::net::{Found, Interest, Kernel, NetError, NetResult, Network, Source};
use crate::polling::Events;
use crate::time::{Deadline, Moment};

/// How long a wait of several is, in nanoseconds, where not all can be waited for at once.
const TURN: u64 = 10_000_000;

/// The network of our host.
#[derive(Default)]
pub struct Host {
    streams: Streams,
}

/// A socket of the operating system, for as long as it is open or somebody waits for it.
#[derive(Clone)]
pub struct HostSocket(Rc<host::Socket>);

/// A name lookup of the host.
#[derive(Clone)]
pub struct HostLookup(Rc<host::Lookup>);

/// A poll set of the host.
#[derive(Clone)]
pub struct HostSet(Rc<host::PollSet>);

impl From<host::Socket> for HostSocket {
    fn from(socket: host::Socket) -> Self {
        Self(Rc::new(socket))
    }
}

impl From<host::Lookup> for HostLookup {
    fn from(lookup: host::Lookup) -> Self {
        Self(Rc::new(lookup))
    }
}

impl Host {
    /// The network that the host gives this program.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// `poll(2)` in one crossing, or in a few where there are streams; nothing is found before the deadline where the handler of a signal
    /// may have changed something in memory.
    fn ask(&self, interests: &[Interest<'_, Self>], deadline: Deadline) -> Result<Vec<Events>> {
        let found = signals::interrupted(|| self.ask_once(interests, deadline))?;
        Ok(found.unwrap_or_else(|| vec![Events::empty(); interests.len()]))
    }

    /// The same; `EINTR` when a signal is pending.
    fn ask_once(&self, interests: &[Interest<'_, Self>], deadline: Deadline) -> Result<Vec<Events>> {
        if Self::HAS_FILES && interests.iter().any(|interest| matches!(interest.source, Source::Stream(_))) {
            return self.poll_mixed(interests, &[], deadline).map(|(found, _)| found);
        }
        let mut sockets = Vec::with_capacity(interests.len());
        let mut lookups = Vec::new();
        for Interest { source, events } in interests {
            match source {
                Source::Socket(socket) => sockets.push((&*socket.0, readiness_to_host(*events))),
                Source::Stream(_) => {}
                Source::Lookup(lookup) => lookups.push(&*lookup.0),
            }
        }
        let found = host::poll(&sockets, &lookups, deadline_to_host(deadline)).map_err(error_from_host)?;
        let (of_sockets, of_lookups) = found.split_at_checked(sockets.len()).unwrap_or((&found, &[]));
        let (mut of_sockets, mut of_lookups) = (of_sockets.iter(), of_lookups.iter());
        let answers = interests.iter().map(|interest| match interest.source {
            Source::Socket(_) => of_sockets.next(),
            Source::Stream(_) => None,
            Source::Lookup(_) => of_lookups.next(),
        });
        Ok(answers.map(|found| found.map_or(Events::empty(), |found| events_from_host(*found))).collect())
    }

    /// The end of a wait that is one of several, until `deadline`.
    fn turn(&self, deadline: Deadline) -> Deadline {
        let end = Moment(host::now().saturating_add(TURN));
        match deadline {
            Deadline::Never => Deadline::At(end),
            Deadline::Now => Deadline::Now,
            Deadline::At(moment) => Deadline::At(moment.min(end)),
        }
    }
}

/// The clock of deadlines.
#[must_use]
pub fn now() -> Moment {
    Moment(host::now())
}

impl Network for Host {
    type Socket = HostSocket;
    type Lookup = HostLookup;
    type Stack = Kernel;

    const HAS_FILES: bool = cfg!(feature = "command");
    const HAS_THREADS: bool = cfg!(feature = "threads");
    const MAY_CHANGE: bool = cfg!(any(feature = "threads", feature = "signals"));

    fn now(&self) -> Moment {
        Moment(host::now())
    }

    fn poll(&self, interests: &[Interest<'_, Self>], deadline: Deadline) -> Result<Vec<Events>> {
        #[cfg(feature = "threads")]
        return self.poll_with_others(interests, deadline);
        #[cfg(not(feature = "threads"))]
        self.ask(interests, deadline)
    }

    fn wait_for_change(&self, deadline: Deadline) -> Result<bool> {
        #[cfg(feature = "threads")]
        if self.wait_for_others(deadline)? {
            return Ok(true);
        }
        signals::wait_for_handlers(deadline)
    }

    #[cfg(feature = "threads")]
    fn changed(&self) {
        Self::wake_for_change();
    }

    fn lookup(&self, name: &str) -> NetResult<HostLookup> {
        host::Lookup::forward(name, None).map(HostLookup::from).map_err(|error| net_error(error_from_host(error)))
    }

    fn finish_lookup(&self, lookup: &mut HostLookup, deadline: Deadline) -> NetResult<Found> {
        let finish = |deadline| lookup.0.finish(deadline);
        let found = self.wait(Source::Lookup(lookup), Events::IN, deadline, finish).map_err(net_error)?;
        Ok(Found {
            canonical_name: found.canonical_name,
            aliases: found.aliases,
            addresses: found.addresses.into_iter().map(ip_from_host).collect(),
        })
    }

    fn read_stream(&self, stream: StandardStream, max: usize, deadline: Deadline) -> NetResult<Vec<u8>> {
        let wait = |ready: &Pollable| self.wait_for_stream(stream, ready, deadline).map_err(net_error);
        command::retry(&self.streams, stream, wait, || self.streams.read(stream, max))
    }

    fn write_stream(&self, stream: StandardStream, data: &[u8], deadline: Deadline) -> NetResult<usize> {
        let wait = |ready: &Pollable| self.wait_for_stream(stream, ready, deadline).map_err(net_error);
        command::retry(&self.streams, stream, wait, || self.streams.write(stream, data, deadline))
    }

    fn working_folder(&self) -> Option<Vec<u8>> {
        Streams::working_folder()
    }

    fn is_terminal(&self, stream: StandardStream) -> bool {
        Streams::is_terminal(stream)
    }

    fn random_bytes(&self, count: usize) -> NetResult<Vec<u8>> {
        Streams::random_bytes(count)
    }

    fn drain(&self, _: Duration) -> bool {
        // The operating system goes on sending what was handed over.
        true
    }
}

fn net_error(error: Error) -> NetError {
    match error {
        Error::Os { errno: Errno::EAGAIN, .. } => NetError::WouldBlock,
        error => NetError::Error(error),
    }
}
