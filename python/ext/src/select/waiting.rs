//! Waiting for many descriptors: sockets through the core, files as Linux has them, which is always ready.

use std::ffi::c_int;

use wasocket::sockets::{Events, PollEntry};
use wasocket::time::Timeout;

use crate::descriptors::{Descriptor, classify};
use crate::errors::PyResult;
use crate::stuck::wait_for_sockets;

/// What a regular file and a terminal report: always readable, always writable.
const FILE_READY: u32 = 0x1 | 0x4 | 0x40 | 0x100;

/// One descriptor to wait for.
#[derive(Clone, Copy)]
pub(super) struct Watch {
    pub(super) fd: c_int,
    /// What is asked for, in bits of `poll(2)`.
    pub(super) events: u32,
    /// What was found.
    pub(super) found: u32,
}

impl Watch {
    pub(super) fn new(fd: c_int, events: u32) -> Self {
        Self { fd, events, found: 0 }
    }
}

/// `poll(2)`: waits until something is ready or the time is over.
pub(super) fn wait(watches: &mut [Watch], timeout: Timeout) -> PyResult<()> {
    let mut entries = Vec::with_capacity(watches.len());
    let mut positions = Vec::with_capacity(watches.len());
    let mut ready = false;
    for (position, watch) in watches.iter_mut().enumerate() {
        watch.found = match classify(watch.fd) {
            Descriptor::Ours(fd) => {
                entries.push(PollEntry::new(fd, Events::from_bits(watch.events)));
                positions.push(position);
                0
            }
            Descriptor::File => watch.events & FILE_READY,
            Descriptor::Closed => Events::NVAL.bits(),
        };
        ready |= watch.found != 0;
    }
    wait_for_sockets(&mut entries, if ready { Timeout::NonBlocking } else { timeout })?;
    for (entry, position) in entries.iter().zip(positions) {
        if let Some(watch) = watches.get_mut(position) {
            watch.found = entry.revents.bits();
        }
    }
    Ok(())
}
