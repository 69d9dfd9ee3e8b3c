//! Waits while other threads of the program go on, and the one `wasi:io/poll` for all that are parked.

use std::cell::RefCell;
use std::rc::Rc;

use wasip2::clocks::monotonic_clock;

use super::{NameLookup, Socket, TcpSocket, UdpSocket, Wasi};
use crate::backend::threads::{Parked, ParkedThreads, Unparked, Wait, is_shared, with_threads};
use crate::file::StandardStream;
use crate::net::{Interest, NetError, NetResult, Source};
use crate::polling::Events;
use crate::time::{Deadline, Moment};

/// What each of a thread's interests was found ready for.
type Found = RefCell<Vec<Events>>;

thread_local! {
    pub(in crate::backend) static PARKED: ParkedThreads<Wasi, Found> = const { ParkedThreads::new() };
}

fn is_same(one: &Source<'_, Wasi>, other: &Source<'_, Wasi>) -> bool {
    match (one, other) {
        (Source::Socket(Socket::Tcp(TcpSocket(one))), Source::Socket(Socket::Tcp(TcpSocket(other)))) => {
            Rc::ptr_eq(one, other)
        }
        (Source::Socket(Socket::Udp(UdpSocket(one))), Source::Socket(Socket::Udp(UdpSocket(other)))) => {
            Rc::ptr_eq(one, other)
        }
        (Source::Lookup(NameLookup(one)), Source::Lookup(NameLookup(other))) => Rc::ptr_eq(one, other),
        (Source::Stream(one), Source::Stream(other)) => one == other,
        _ => false,
    }
}

/// The clock of deadlines.
#[must_use]
pub fn now() -> Moment {
    Moment(monotonic_clock::now())
}

/// Wakes those that wait for a change of something in memory.
pub(super) fn wake_for_change() {
    PARKED.with(ParkedThreads::wake_for_change);
}

/// Wakes those that wait for `source`.
pub(super) fn wake_for(source: &Source<'_, Wasi>) {
    let is_for =
        |parked: &Parked<Wasi, Found>| parked.interests.iter().any(|(owned, _)| is_same(&owned.source(), source));
    PARKED.with(|parked| parked.wake(is_for));
}

impl Wasi {
    /// `poll(2)`: while this thread waits, others run. Nothing may have been found before the deadline.
    pub(super) fn poll_among_others(&self, interests: &[Interest<'_, Self>], deadline: Deadline) -> Vec<Events> {
        if !is_shared(deadline) {
            return self.ask(interests, deadline);
        }
        let found = self.ask(interests, Deadline::Now);
        if found.iter().any(|events| !events.is_empty()) {
            return found;
        }
        let (_, later) = park(Wait::new(interests, Found::default()).or_for_change(), deadline);
        if later.is_empty() { found } else { later }
    }

    /// Waits for a standard stream while others run: whether it was ready before `deadline`.
    pub(super) fn wait_for_stream_among_others(&self, stream: StandardStream, deadline: Deadline) -> bool {
        let events = match stream {
            StandardStream::Input => Events::IN,
            StandardStream::Output | StandardStream::Error => Events::OUT,
        };
        let (unparked, _) = self.park_for(&[Interest { source: Source::Stream(stream), events }], deadline);
        unparked != Unparked::Expired
    }

    /// Finishes a lookup while others run.
    pub(super) fn finish_among_others(
        &self,
        lookup: &NameLookup,
        deadline: Deadline,
    ) -> NetResult<Vec<std::net::IpAddr>> {
        while is_shared(deadline) {
            match lookup.0.finish(Deadline::Now) {
                Err(NetError::WouldBlock) if !deadline.has_passed(now) => {}
                answer => return answer,
            }
            self.park_for(&[Interest { source: Source::Lookup(lookup), events: Events::IN }], deadline);
        }
        lookup.0.finish(deadline)
    }

    /// Lets others run until one of them has changed something in memory, or `deadline`; false if there are no others, or they
    /// wait for this one.
    pub(super) fn wait_for_others(&self, deadline: Deadline) -> bool {
        is_shared(deadline) && park(Wait::new(&[], Found::default()).or_for_change(), deadline).0 != Unparked::InVain
    }

    /// Lets others run until something of `interests` is ready: why this thread goes on, and what was found, if anything was.
    pub(super) fn park_for(&self, interests: &[Interest<'_, Self>], deadline: Deadline) -> (Unparked, Vec<Events>) {
        park(Wait::new(interests, Found::default()), deadline)
    }

    /// Waits until something that a parked thread waits for is ready, and wakes that thread; or until `deadline`.
    pub(in crate::backend) fn wait_for_parked(&self, deadline: Deadline) {
        let look = |all: &[Parked<Self, Found>]| {
            let interests: Vec<_> = all.iter().flat_map(|parked| &parked.interests).collect();
            let interests: Vec<_> =
                interests.iter().map(|(owned, events)| Interest { source: owned.source(), events: *events }).collect();
            let mut found = self.ask(&interests, deadline).into_iter();
            with_threads(|threads| {
                for parked in all {
                    let own: Vec<_> = found.by_ref().take(parked.interests.len()).collect();
                    if own.iter().any(|events| !events.is_empty()) {
                        parked.more.replace(own);
                        threads.wake(parked.thread);
                    }
                }
            });
        };
        PARKED.with(|parked| parked.look(look));
    }
}

/// Lets others run until this wait is over.
fn park(wait: Wait<Wasi, Found>, deadline: Deadline) -> (Unparked, Vec<Events>) {
    let (unparked, found) = PARKED.with(|parked| parked.park(wait, deadline));
    (unparked, found.map(Found::into_inner).unwrap_or_default())
}
