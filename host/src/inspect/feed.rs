//! The queue from the guest's thread to the page: it keeps the last events, and never waits for a client.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast;

use crate::policy::Event;

/// The last events, and the clients that follow them.
pub(super) struct Feed {
    recent: Mutex<Recent>,
    followers: broadcast::Sender<Arc<Entry>>,
}

#[derive(Default)]
struct Recent {
    last: u64,
    entries: VecDeque<Arc<Entry>>,
}

/// An event, and its number among all.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) number: u64,
    pub(super) event: Event,
}

impl Default for Feed {
    fn default() -> Self {
        Self { recent: Mutex::default(), followers: broadcast::Sender::new(KEPT) }
    }
}

impl Feed {
    /// One more. Who follows too slowly loses the oldest.
    pub(super) fn emit(&self, event: &Event) {
        let mut recent = self.recent();
        recent.last += 1;
        let entry = Arc::new(Entry { number: recent.last, event: event.clone() });
        if recent.entries.len() == KEPT {
            recent.entries.pop_front();
        }
        recent.entries.push_back(Arc::clone(&entry));
        // Nobody may be looking.
        let _ = self.followers.send(entry);
    }

    /// The last events, and all that come after those.
    pub(super) fn follow(&self) -> (Vec<Arc<Entry>>, broadcast::Receiver<Arc<Entry>>) {
        let recent = self.recent();
        (recent.entries.iter().cloned().collect(), self.followers.subscribe())
    }

    /// A panic elsewhere leaves nothing half done here.
    fn recent(&self) -> MutexGuard<'_, Recent> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many events are kept for a late client, and for each slow one.
pub(super) const KEPT: usize = 1024;
