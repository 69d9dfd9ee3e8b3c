//! Who is parked: by key, in the order in which they came, and by deadline.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::scheduler::Thread;

/// The parked threads. A thread is under at most one key and one deadline.
#[derive(Debug, Default)]
pub(crate) struct Queues {
    by_key: BTreeMap<usize, VecDeque<Thread>>,
    by_deadline: BTreeSet<(u64, Thread)>,
}

impl Queues {
    pub(crate) const fn new() -> Self {
        Self { by_key: BTreeMap::new(), by_deadline: BTreeSet::new() }
    }

    pub(crate) fn insert(&mut self, thread: Thread, key: Option<usize>, until: Option<u64>) {
        if let Some(key) = key {
            self.by_key.entry(key).or_default().push_back(thread);
        }
        if let Some(until) = until {
            self.by_deadline.insert((until, thread));
        }
    }

    /// Forgets a thread that is under `key` and `until`.
    pub(crate) fn remove(&mut self, thread: Thread, key: Option<usize>, until: Option<u64>) {
        if let Some(key) = key
            && let Some(queue) = self.by_key.get_mut(&key)
        {
            queue.retain(|other| *other != thread);
            if queue.is_empty() {
                self.by_key.remove(&key);
            }
        }
        if let Some(until) = until {
            self.by_deadline.remove(&(until, thread));
        }
    }

    /// The one that has been under `key` for longest.
    pub(crate) fn first_under(&self, key: usize) -> Option<Thread> {
        self.by_key.get(&key)?.front().copied()
    }

    /// The earliest deadline, and whose it is.
    pub(crate) fn first_deadline(&self) -> Option<(u64, Thread)> {
        self.by_deadline.first().copied()
    }
}
