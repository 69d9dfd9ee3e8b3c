//! Sockets that are closed for the program but still have bytes to deliver.
//!
//! Dropping a stream with a write under way would wait until the peer has taken it, which it may never do. Such a socket
//! is kept here instead, looked at whenever the program waits anyway, and dropped once its bytes have left: what a kernel
//! does with a closed socket.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use wasip2::clocks::monotonic_clock::subscribe_duration;
use wasip2::io::poll::{Pollable, poll};

use super::tcp::Connection;

/// How long the end of a program waits for peers that are known to take nothing.
const STALLED_PATIENCE: Duration = Duration::from_millis(100);

/// The closed sockets of a program that still have bytes to deliver.
#[derive(Default)]
pub(super) struct Lingering {
    connections: RefCell<Vec<Rc<Connection>>>,
}

impl Lingering {
    /// Keeps `connection` until its bytes have left.
    pub(super) fn keep(&self, connection: Connection) {
        self.connections.borrow_mut().push(Rc::new(connection));
    }

    /// Drops those whose bytes have left.
    pub(super) fn reap(&self) {
        if !self.connections.borrow().is_empty() {
            self.connections.borrow_mut().retain(|connection| connection.has_unsent());
        }
    }

    /// Those that are left, and how many they are; each has a pollable to wait for.
    pub(super) fn pollables(&self) -> (Vec<Rc<Connection>>, usize) {
        let held = self.connections.borrow().clone();
        let count = held.len();
        (held, count)
    }

    /// Waits until all have left, or none has for `patience`; whether all have. Where the program itself has learned that
    /// its peers do not take more, that is short: natively, too, what they do not take is lost to it.
    pub(super) fn drain(&self, patience: Duration) -> bool {
        self.reap();
        loop {
            let (held, count) = self.pollables();
            if count == 0 {
                return true;
            }
            let is_hopeless = held.iter().all(|connection| connection.is_stalled());
            let patience = if is_hopeless { STALLED_PATIENCE } else { patience };
            let timer = subscribe_duration(u64::try_from(patience.as_nanos()).unwrap_or(u64::MAX));
            let mut list: Vec<&Pollable> = held.iter().map(|held| held.writable()).collect();
            list.push(&timer);
            let timed_out = poll(&list).iter().all(|position| usize::try_from(*position) == Ok(count));
            drop(list);
            drop(held);
            self.reap();
            if timed_out {
                return self.connections.borrow().is_empty();
            }
        }
    }
}
