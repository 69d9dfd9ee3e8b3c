//! What one instance of the component holds: its sockets.

use std::cell::Cell;
use std::time::Duration;

use crate::backend::DefaultNetwork;
use crate::sockets::{Fd, Sockets};
use crate::time::Timeout;

thread_local! {
    static SOCKETS: Sockets<DefaultNetwork> = Sockets::new(DefaultNetwork::new());
    /// How often everything was closed at once.
    static ENDINGS: Cell<u64> = const { Cell::new(0) };
}

/// Calls `function` with the sockets of this instance.
#[inline(always)]
pub(super) fn with_sockets<T>(function: impl FnOnce(&Sockets<DefaultNetwork>) -> T) -> T {
    SOCKETS.with(function)
}

/// A time as the contract has it; the longest that it can say is 584 years.
pub(super) fn nanoseconds(time: Option<Duration>) -> Option<u64> {
    time.map(|time| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
}

/// The mode of a call with this timeout.
pub(super) fn mode(timeout: Option<u64>) -> Timeout {
    match timeout {
        None => Timeout::Blocking,
        Some(0) => Timeout::NonBlocking,
        Some(nanoseconds) => Timeout::After(Duration::from_nanos(nanoseconds)),
    }
}

/// Closes all descriptors and waits for what was taken for sending; whether all of it left.
pub(super) fn end(patience: Duration) -> bool {
    ENDINGS.set(ENDINGS.get().wrapping_add(1));
    with_sockets(|sockets| sockets.drain(patience))
}

/// A descriptor that an object holds, until it is given up or everything is closed: its number may then mean another one.
pub(super) struct OwnedDescriptor(Cell<Option<(Fd, u64)>>);

impl OwnedDescriptor {
    pub(super) fn new(fd: Fd) -> Self {
        Self(Cell::new(Some((fd, ENDINGS.get()))))
    }

    /// Its number.
    pub(super) fn get(&self) -> Option<Fd> {
        self.0.get().filter(|(_, endings)| *endings == ENDINGS.get()).map(|(fd, _)| fd)
    }

    /// Its number, which it gives up.
    pub(super) fn take(&self) -> Option<Fd> {
        let fd = self.get();
        self.0.set(None);
        fd
    }
}
