//! Waits while other threads of the program go on, and the one `wasi:io/poll` for all that are parked.

use std::cell::RefCell;
use std::rc::Rc;

use wasip2::clocks::monotonic_clock;

use super::{NameLookup, Socket, TcpSocket, UdpSocket, Wasi};
use crate::backend::threads::{Owned, Unparked, is_shared, with_threads};
use crate::file::StandardStream;
use crate::net::{Interest, NetError, NetResult, Source};
use crate::polling::Events;
use crate::time::{Deadline, Moment};

thread_local! {
    static PARKED: RefCell<Vec<Parked>> = const { RefCell::new(Vec::new()) };
}

/// A thread that waits, and for what.
struct Parked {
    thread: usize,
    interests: Vec<(Owned<Wasi>, Events)>,
    /// What each of them was found ready for.
    found: RefCell<Vec<Events>>,
    /// Whether a change of something in memory ends the wait as well.
    for_change: bool,
}

impl Parked {
    fn is_for(&self, source: &Source<'_, Wasi>) -> bool {
        self.interests.iter().any(|(owned, _)| is_same(&owned.source(), source))
    }
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

/// The parked threads never go on.
pub fn forget_parked() {
    // Dropped outside of the borrow.
    drop(PARKED.take());
}

/// All threads wait, and nothing outside can end that: one that waits for a change of something in memory, and is to be told.
#[must_use]
pub fn waits_in_vain() -> Option<usize> {
    let is_in_vain = |parked: &&Parked| parked.for_change && parked.interests.is_empty();
    PARKED.with_borrow(|parked| parked.iter().find(is_in_vain).map(|parked| parked.thread))
}

/// Wakes those that wait for a change of something in memory.
pub(super) fn wake_for_change() {
    wake(|parked| parked.for_change);
}

/// Wakes those that wait for `source`.
pub(super) fn wake_for(source: &Source<'_, Wasi>) {
    wake(|parked| parked.is_for(source));
}

fn wake(is_meant: impl Fn(&Parked) -> bool) {
    with_threads(|threads| {
        PARKED.with_borrow(|parked| {
            parked.iter().filter(|parked| is_meant(parked)).for_each(|parked| threads.wake(parked.thread));
        });
    });
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
        let (_, later) = self.park(interests, true, deadline);
        if later.is_empty() { found } else { later }
    }

    /// Waits for a standard stream while others run: whether it was ready before `deadline`.
    pub(super) fn wait_for_stream_among_others(&self, stream: StandardStream, deadline: Deadline) -> bool {
        let events = match stream {
            StandardStream::Input => Events::IN,
            StandardStream::Output | StandardStream::Error => Events::OUT,
        };
        let (unparked, _) = self.park(&[Interest { source: Source::Stream(stream), events }], false, deadline);
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
            self.park(&[Interest { source: Source::Lookup(lookup), events: Events::IN }], false, deadline);
        }
        lookup.0.finish(deadline)
    }

    /// Lets others run until one of them has changed something in memory, or `deadline`; false if there are no others, or they
    /// wait for this one.
    pub(super) fn wait_for_others(&self, deadline: Deadline) -> bool {
        is_shared(deadline) && self.park(&[], true, deadline).0 != Unparked::InVain
    }

    /// Lets others run until something of `interests` is ready: why this thread goes on, and what was found, if anything was.
    pub(super) fn park(
        &self,
        interests: &[Interest<'_, Self>],
        for_change: bool,
        deadline: Deadline,
    ) -> (Unparked, Vec<Events>) {
        let interests: Vec<_> =
            interests.iter().map(|interest| (Owned::of(&interest.source), interest.events)).collect();
        let park = |threads: &dyn crate::backend::threads::Threads| {
            let thread = threads.current();
            let is_outside = !interests.is_empty();
            let parked = Parked { thread, interests, found: RefCell::default(), for_change };
            PARKED.with_borrow_mut(|all| all.push(parked));
            let unparked = threads.park(deadline, is_outside);
            let over = PARKED.with_borrow_mut(|all| {
                let place = all.iter().position(|parked| parked.thread == thread);
                place.map(|place| all.swap_remove(place))
            });
            // The rest is dropped outside of the borrow: it may be the last handle of something that another thread has closed.
            (unparked, over.map(|parked| parked.found.take()).unwrap_or_default())
        };
        with_threads(park).unwrap_or((Unparked::InVain, Vec::new()))
    }

    /// Waits until something that a parked thread waits for is ready, and wakes that thread; or until `deadline`.
    pub(in crate::backend) fn wait_for_parked(&self, deadline: Deadline) {
        PARKED.with_borrow(|all| {
            let interests: Vec<_> = all.iter().flat_map(|parked| &parked.interests).collect();
            let interests: Vec<_> =
                interests.iter().map(|(owned, events)| Interest { source: owned.source(), events: *events }).collect();
            let mut found = self.ask(&interests, deadline).into_iter();
            with_threads(|threads| {
                for parked in all {
                    let own: Vec<_> = found.by_ref().take(parked.interests.len()).collect();
                    if own.iter().any(|events| !events.is_empty()) {
                        parked.found.replace(own);
                        threads.wake(parked.thread);
                    }
                }
            });
        });
    }
}
