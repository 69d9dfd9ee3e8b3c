//! Other threads of the program, which go on while one of them waits: the seam to what switches between them. What they are parked
//! for, and the one wait for all of them, is the backend's.

use std::cell::OnceCell;

use super::DefaultNetwork;
#[cfg(feature = "host")]
pub use super::host::threads::{forget_parked, now, waits_in_vain};
#[cfg(not(feature = "host"))]
pub use super::wasi::threads::{forget_parked, now, waits_in_vain};
use crate::file::StandardStream;
use crate::net::{Network, Source};
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

impl Sockets<DefaultNetwork> {
    /// Nobody is ready to run: waits for what the parked threads wait for, until `deadline` at most, and wakes each that is
    /// ready.
    pub fn wait_for_parked(&self, deadline: Deadline) {
        self.net().wait_for_parked(deadline);
    }
}
