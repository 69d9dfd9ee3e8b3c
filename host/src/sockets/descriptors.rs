//! How many descriptors a guest holds, whatever they are.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::errors::{HostResult, os};
use super::types::Errno;
use crate::accounting::quota::Permit;

/// Counts the descriptors of one guest.
#[derive(Default)]
pub(super) struct Descriptors(Arc<AtomicUsize>);

impl Descriptors {
    /// Counts one more until the answer is dropped, and with it what the policy counts.
    pub(super) fn count(&self, permit: Option<Permit>) -> HostResult<Descriptor> {
        let open = Arc::clone(&self.0);
        let count = open.fetch_add(1, Ordering::Relaxed);
        let descriptor = Descriptor { open, _permit: permit };
        if count < MAX_OPEN { Ok(descriptor) } else { Err(os(Errno::TooManyOpenFiles)) }
    }

    /// How many there are.
    #[cfg(test)]
    pub(super) fn open(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// One descriptor that counts.
pub(super) struct Descriptor {
    open: Arc<AtomicUsize>,
    _permit: Option<Permit>,
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How many sockets, sets and lookups a guest may have open, whatever the limit of this process is.
const MAX_OPEN: usize = 65_536;
