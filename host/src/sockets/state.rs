//! What the sockets of one guest share.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::bindings::wasocket::socket::types::Errno;
use super::errors::{Answer, exceeded, os};
use super::under_way::UnderWay;
use super::unix::Names;
use super::waiting::{Clock, Thread};
use crate::policy::{Exceeded, Network, Permit};

/// The network of one guest: its policy, its clock, its name, and what it has open.
pub struct Sockets {
    pub(super) network: Network,
    pub(super) clock: Clock,
    pub(super) names: Names,
    pub(super) host_name: String,
    /// Where data arrives before it is copied out, so that a call allocates what arrives and not what was asked for.
    pub(super) arrivals: Mutex<Vec<u8>>,
    pub(super) under_way: Arc<UnderWay>,
    /// Who waits while the guest does.
    pub(super) thread: Thread,
    open: Arc<AtomicUsize>,
}

impl Sockets {
    /// For a new guest, under this policy. The guest believes that its host has this name.
    pub fn new(network: Network, host_name: impl Into<String>) -> Arc<Self> {
        Self::with_thread(network, host_name, Thread::Shared)
    }

    /// The same, and who waits while the guest does.
    pub fn with_thread(network: Network, host_name: impl Into<String>, thread: Thread) -> Arc<Self> {
        Arc::new(Self {
            network,
            clock: Clock::start(),
            names: Names::default(),
            host_name: host_name.into(),
            arrivals: Mutex::default(),
            thread,
            under_way: Arc::default(),
            open: Arc::default(),
        })
    }

    /// Counts one more descriptor, until the answer is dropped.
    pub(super) fn count(&self, permit: Option<Permit>) -> Answer<Counted> {
        let open = Arc::clone(&self.open);
        let count = open.fetch_add(1, Ordering::Relaxed);
        let counted = Counted { open, _permit: permit };
        if count < MAX_OPEN { Ok(counted) } else { Err(os(Errno::TooManyOpenFiles)) }
    }

    /// Counts one more socket, for the policy as well.
    pub(super) fn count_socket(&self) -> Answer<Counted> {
        self.count(Some(self.network.take(Exceeded::Sockets, 1).map_err(exceeded)?))
    }

    /// How many descriptors the guest holds.
    #[cfg(test)]
    pub(super) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }
}

impl std::fmt::Debug for Sockets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Sockets").field("network", &self.network).finish_non_exhaustive()
    }
}

/// One descriptor that counts.
pub(super) struct Counted {
    open: Arc<AtomicUsize>,
    _permit: Option<Permit>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A panic elsewhere leaves nothing half done in what these guard.
pub(super) fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many sockets, sets and lookups a guest may have open, whatever the limit of this process is.
const MAX_OPEN: usize = 65_536;
