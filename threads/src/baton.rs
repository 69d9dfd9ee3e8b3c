//! Threads of the operating system of which one runs at a time, so that a scheduler can be tried without a component. It is compiled
//! into the tests of this crate, and by its path into the fuzz target `schedules`.

use std::sync::{Condvar, Mutex, PoisonError};

/// What the threads hand on: only its holder runs.
pub(crate) struct Baton<T> {
    /// None when all may leave.
    holder: Mutex<Option<T>>,
    handed_on: Condvar,
}

impl<T: Copy + PartialEq> Baton<T> {
    pub(crate) fn new(first: T) -> Self {
        Self { holder: Mutex::new(Some(first)), handed_on: Condvar::new() }
    }

    /// Waits until `me` holds it, or all may leave.
    pub(crate) fn take(&self, me: T) {
        let holder = self.holder.lock().unwrap_or_else(PoisonError::into_inner);
        let is_anothers = |holder: &mut Option<T>| holder.is_some_and(|holder| holder != me);
        drop(self.handed_on.wait_while(holder, is_anothers).unwrap_or_else(PoisonError::into_inner));
    }

    /// `to` runs from now on, and `from` once it has the baton back.
    pub(crate) fn switch(&self, from: T, to: T) {
        self.hand(Some(to));
        self.take(from);
    }

    /// Lets those leave that wait for it and have nothing left to do.
    #[cfg_attr(test, expect(dead_code, reason = "the tests of this crate are short, and end with their threads"))]
    pub(crate) fn let_go(&self) {
        self.hand(None);
    }

    fn hand(&self, holder: Option<T>) {
        *self.holder.lock().unwrap_or_else(PoisonError::into_inner) = holder;
        self.handed_on.notify_all();
    }
}

/// A value that only the holder of a baton uses.
pub(crate) struct OfHolder<T>(pub(crate) T);

// SAFETY: only the thread that holds the baton uses it, and the baton's mutex orders what they do.
unsafe impl<T> Sync for OfHolder<T> {}
// SAFETY: as above.
unsafe impl<T> Send for OfHolder<T> {}
