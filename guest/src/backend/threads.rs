//! Other threads of the program, which go on while one of them waits: the seam to what switches between them, and what they are
//! parked for. The one wait for all of them is the backend's.

use std::cell::{OnceCell, RefCell};

use super::DefaultNetwork;
#[cfg(feature = "host")]
use super::host::threads::PARKED;
#[cfg(feature = "host")]
pub use super::host::threads::now;
#[cfg(not(feature = "host"))]
use super::wasi::threads::PARKED;
#[cfg(not(feature = "host"))]
pub use super::wasi::threads::now;
use crate::file::StandardStream;
use crate::net::{Interest, Network, Source};
use crate::polling::Events;
use crate::sockets::Sockets;
use crate::time::Deadline;

/// What switches between the threads of a program.
pub trait Threads {
    /// Whether there is more than one.
    fn are_others(&self) -> bool;
    /// Which one runs.
    fn current(&self) -> usize;
    /// Lets others run until somebody [wakes](Threads::wake) this one, or the deadline has passed. `outside` says whether the wait
    /// for what threads are parked for can end it.
    fn park(&self, deadline: Deadline, outside: bool) -> Unparked;
    /// Makes a parked thread ready.
    fn wake(&self, thread: usize);
}

/// Why a thread goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unparked {
    /// Somebody woke it.
    Woken,
    /// The deadline has passed.
    Expired,
    /// Nobody ever would.
    InVain,
}

thread_local! {
    static THREADS: OnceCell<&'static dyn Threads> = const { OnceCell::new() };
}

/// From now on `threads` run while one of them waits. The first call counts.
pub fn install(threads: &'static dyn Threads) {
    THREADS.with(|place| _ = place.set(threads));
}

pub(super) fn with_threads<T>(call: impl FnOnce(&dyn Threads) -> T) -> Option<T> {
    THREADS.with(|threads| threads.get().copied()).map(call)
}

pub(super) fn are_others() -> bool {
    with_threads(|threads| threads.are_others()).unwrap_or(false)
}

/// Whether a wait until `deadline` is to let other threads run.
pub(super) fn is_shared(deadline: Deadline) -> bool {
    deadline != Deadline::Now && are_others()
}

/// A source that lives as long as somebody waits for it, whoever closes it.
pub(super) enum Owned<N: Network> {
    Socket(N::Socket),
    Stream(StandardStream),
    Lookup(N::Lookup),
}

impl<N: Network> Owned<N> {
    pub(super) fn of(source: &Source<'_, N>) -> Self {
        match *source {
            Source::Socket(socket) => Self::Socket(socket.clone()),
            Source::Stream(stream) => Self::Stream(stream),
            Source::Lookup(lookup) => Self::Lookup(lookup.clone()),
        }
    }

    pub(super) fn source(&self) -> Source<'_, N> {
        match self {
            Self::Socket(socket) => Source::Socket(socket),
            Self::Stream(stream) => Source::Stream(*stream),
            Self::Lookup(lookup) => Source::Lookup(lookup),
        }
    }
}

/// A thread that waits, and for what.
pub(super) struct Parked<N: Network, T> {
    pub(super) thread: usize,
    pub(super) interests: Vec<(Owned<N>, Events)>,
    /// What else its backend knows of it.
    pub(super) more: T,
    /// Whether a change of something in memory ends the wait.
    for_change: bool,
    /// Whether something outside can end it.
    is_outside: bool,
}

/// Such threads.
pub(super) struct ParkedThreads<N: Network, T>(RefCell<Vec<Parked<N, T>>>);

impl<N: Network, T> ParkedThreads<N, T> {
    pub(super) const fn new() -> Self {
        Self(RefCell::new(Vec::new()))
    }

    /// Lets others run until somebody wakes this thread: why it goes on, and what became of `more`.
    pub(super) fn park(&self, wait: Wait<N, T>, deadline: Deadline) -> (Unparked, Option<T>) {
        let Wait { interests, more, for_change, is_outside } = wait;
        let park = |threads: &dyn Threads| {
            let thread = threads.current();
            self.0.borrow_mut().push(Parked { thread, interests, more, for_change, is_outside });
            let unparked = threads.park(deadline, is_outside);
            let mut all = self.0.borrow_mut();
            let over = all.iter().position(|parked| parked.thread == thread).map(|place| all.swap_remove(place));
            drop(all);
            // The rest is dropped outside of the borrow: it may be the last handle of something that another thread has closed.
            (unparked, over.map(|parked| parked.more))
        };
        with_threads(park).unwrap_or((Unparked::InVain, None))
    }

    /// Wakes those that are meant.
    pub(super) fn wake(&self, is_meant: impl Fn(&Parked<N, T>) -> bool) {
        with_threads(|threads| {
            self.0.borrow().iter().filter(|parked| is_meant(parked)).for_each(|parked| threads.wake(parked.thread));
        });
    }

    /// Wakes those that wait for a change of something in memory.
    pub(super) fn wake_for_change(&self) {
        self.wake(|parked| parked.for_change);
    }

    /// Looks at all of them.
    pub(super) fn look<R>(&self, look: impl FnOnce(&[Parked<N, T>]) -> R) -> R {
        look(&self.0.borrow())
    }
}

/// What a thread is about to wait for.
pub(super) struct Wait<N: Network, T> {
    interests: Vec<(Owned<N>, Events)>,
    more: T,
    for_change: bool,
    is_outside: bool,
}

impl<N: Network, T> Wait<N, T> {
    /// For one of these.
    pub(super) fn new(interests: &[Interest<'_, N>], more: T) -> Self {
        let interests: Vec<_> =
            interests.iter().map(|interest| (Owned::of(&interest.source), interest.events)).collect();
        Self { is_outside: !interests.is_empty(), interests, more, for_change: false }
    }

    /// For a change of something in memory as well.
    pub(super) fn or_for_change(self) -> Self {
        Self { for_change: true, ..self }
    }

    /// For something outside that is in `more`.
    #[cfg(feature = "host")]
    pub(super) fn or_outside(self) -> Self {
        Self { is_outside: true, ..self }
    }
}

/// The parked threads never go on.
pub fn forget_parked() {
    // Dropped outside of the borrow.
    drop(PARKED.with(|parked| parked.0.take()));
}

/// All threads wait, and nothing outside can end that: one that waits for a change of something in memory, and is to be told.
#[must_use]
pub fn waits_in_vain() -> Option<usize> {
    PARKED.with(|parked| {
        let all = parked.0.borrow();
        all.iter().find(|parked| parked.for_change && !parked.is_outside).map(|parked| parked.thread)
    })
}

impl Sockets<DefaultNetwork> {
    /// Nobody is ready to run: waits for what the parked threads wait for, until `deadline` at most, and wakes each that is
    /// ready.
    pub fn wait_for_parked(&self, deadline: Deadline) {
        self.net().wait_for_parked(deadline);
    }
}
