//! Sockets in flight: sent in a message (`SCM_RIGHTS`) and not received yet. They have no handle, and are still open.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::descriptors::Descriptor;
use super::shared::Shared;
use crate::sync::locked;

/// A guest's sockets in flight, by the cookie that the system has given each.
///
/// The system does not report when it drops a message that was not received. So sockets count until as many have been received,
/// or until the guest has no `AF_UNIX` socket left whose queue could contain them.
#[derive(Default)]
pub(super) struct InFlight {
    sockets: Mutex<HashMap<u64, Sent>>,
    carriers: AtomicUsize,
}

struct Sent {
    shared: Arc<Shared>,
    /// One for each time that it is in flight.
    counted: Vec<Descriptor>,
}

impl InFlight {
    /// The socket with this cookie has been sent.
    pub(super) fn sent(&self, cookie: u64, shared: &Arc<Shared>, counted: Descriptor) {
        let mut sockets = locked(&self.sockets);
        let sent = sockets.entry(cookie).or_insert_with(|| Sent { shared: Arc::clone(shared), counted: Vec::new() });
        sent.counted.push(counted);
    }

    /// The socket with this cookie has been received; it stays in flight if the message was only looked at. A socket that the
    /// guest has not sent is none of its own.
    pub(super) fn received(&self, cookie: u64, is_peeked: bool) -> Option<Arc<Shared>> {
        let mut sockets = locked(&self.sockets);
        let sent = sockets.get_mut(&cookie)?;
        let shared = Arc::clone(&sent.shared);
        if !is_peeked {
            sent.counted.pop();
        }
        if sent.counted.is_empty() {
            sockets.remove(&cookie);
        }
        Some(shared)
    }
}

/// That sockets can be in flight, as long as an `AF_UNIX` socket is open whose queue may hold them.
pub(super) struct InFlightGuard(Arc<InFlight>);

impl InFlightGuard {
    pub(super) fn new(in_flight: &Arc<InFlight>) -> Self {
        in_flight.carriers.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(in_flight))
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        if self.0.carriers.fetch_sub(1, Ordering::Relaxed) == 1 {
            // Dropping them may emit audit events, which must not happen under the lock.
            let ended = std::mem::take(&mut *locked(&self.0.sockets));
            drop(ended);
        }
    }
}
