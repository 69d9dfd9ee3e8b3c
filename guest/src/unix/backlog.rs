//! Connections that wait to be accepted.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use super::connection::Connection;
use crate::address::UnixAddress;

/// The queue of a listener.
pub(super) struct Backlog<R: Clone> {
    waiting: RefCell<VecDeque<Connection<R>>>,
    limit: Cell<usize>,
    /// The listener's own name.
    pub(super) name: UnixAddress,
}

impl<R: Clone> Backlog<R> {
    pub(super) fn new(name: UnixAddress, limit: usize) -> Self {
        Self { waiting: RefCell::default(), limit: Cell::new(limit), name }
    }

    pub(super) fn set_limit(&self, limit: usize) {
        self.limit.set(limit);
    }

    /// Whether one more connection may wait: Linux takes one more than the backlog says.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.borrow().len() <= self.limit.get()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.borrow().is_empty()
    }

    pub(super) fn push(&self, connection: Connection<R>) {
        self.waiting.borrow_mut().push_back(connection);
    }

    pub(super) fn pop(&self) -> Option<Connection<R>> {
        self.waiting.borrow_mut().pop_front()
    }

    /// Takes out what travels along with everything that the waiting connections have been sent.
    pub(super) fn take_rights(&self) -> Vec<R> {
        self.waiting.borrow().iter().flat_map(Connection::take_rights).collect()
    }

    /// Forgets those that wait, as a listener does that closes: they find their connections reset.
    pub(super) fn clear(&self) {
        let forgotten = std::mem::take(&mut *self.waiting.borrow_mut());
        forgotten.iter().for_each(Connection::reset);
    }
}
