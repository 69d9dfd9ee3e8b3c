//! Sockets on their way in messages: nobody holds them, and they are open all the same.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::state::{Counted, locked};

/// What counts a guest's sockets that are on their way.
///
/// The system does not tell when it drops a message that nobody has received. So they count until as many have been received,
/// or the guest has no more `AF_UNIX` socket whose queue could hold them.
#[derive(Default)]
pub(super) struct UnderWay {
    counted: Mutex<Vec<Counted>>,
    roads: AtomicUsize,
}

impl UnderWay {
    /// These have been sent.
    pub(super) fn sent(&self, counted: Vec<Counted>) {
        locked(&self.counted).extend(counted);
    }

    /// So many have been received; what holds them counts them from now on.
    pub(super) fn received(&self, number: usize) {
        let mut counted = locked(&self.counted);
        let left = counted.len().saturating_sub(number);
        counted.truncate(left);
    }
}

/// That messages can be on their way, as long as an `AF_UNIX` socket is open.
pub(super) struct Road(Arc<UnderWay>);

impl Road {
    pub(super) fn open(under_way: &Arc<UnderWay>) -> Self {
        under_way.roads.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(under_way))
    }
}

impl Drop for Road {
    fn drop(&mut self) {
        if self.0.roads.fetch_sub(1, Ordering::Relaxed) == 1 {
            locked(&self.0.counted).clear();
        }
    }
}
