//! Waiting for many descriptors: ours through the core, files as Linux has them, which are always ready.

use std::ffi::c_int;

use wasocket::sockets::{Events, PollEntry};
use wasocket::time::Timeout;

use crate::descriptors::{Descriptor, classify};
use crate::errors::PyResult;
use crate::state::state;

/// What a regular file reports: always readable, always writable.
const FILE_READY: Events = Events::READABLE.union(Events::WRITABLE);

/// One descriptor to wait for.
#[derive(Clone, Copy)]
pub(super) struct Watch {
    pub(super) fd: c_int,
    /// What is asked for.
    pub(super) events: Events,
    /// What was found.
    pub(super) found: Events,
}

impl Watch {
    pub(super) fn new(fd: c_int, events: Events) -> Self {
        Self { fd, events, found: Events::empty() }
    }
}

impl From<PollEntry> for Watch {
    fn from(entry: PollEntry) -> Self {
        Self { fd: entry.fd.cast_signed(), events: entry.events, found: entry.revents }
    }
}

/// `poll(2)`: waits until something is ready or the time is over.
pub(super) fn wait(watches: &mut [Watch], timeout: Timeout) -> PyResult<()> {
    let mut entries = Vec::with_capacity(watches.len());
    let mut positions = Vec::with_capacity(watches.len());
    let mut is_ready = false;
    for (position, watch) in watches.iter_mut().enumerate() {
        watch.found = match classify(watch.fd) {
            Descriptor::Ours(fd) => {
                entries.push(PollEntry::new(fd, watch.events));
                positions.push(position);
                Events::empty()
            }
            Descriptor::File => watch.events & FILE_READY,
            Descriptor::Closed => Events::NVAL,
        };
        is_ready |= !watch.found.is_empty();
    }
    state().sockets.poll(&mut entries, if is_ready { Timeout::NonBlocking } else { timeout })?;
    for (entry, position) in entries.iter().zip(positions) {
        if let Some(watch) = watches.get_mut(position) {
            watch.found |= entry.revents;
        }
    }
    Ok(())
}
