//! Waiting for many descriptors: sockets through the core, files as Linux has them, which is always ready.

use std::collections::BTreeSet;
use std::ffi::c_int;
use std::rc::Rc;

use wasocket::sockets::{Events, FIRST_FD, PollEntry, PollList};
use wasocket::time::Timeout;

use super::epoll::Epoll;
use crate::blocked::wait_for_sockets;
use crate::descriptors::{Descriptor, classify};
use crate::errors::PyResult;
use crate::state::state;

/// What a regular file and a terminal report: always readable, always writable.
const FILE_READY: u32 = 0x1 | 0x4 | 0x40 | 0x100;

/// What an `epoll` instance reports.
const EPOLL_READY: u32 = 0x1 | 0x40;

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

/// Descriptors that are waited for again and again, in ascending order.
pub(super) struct Watches {
    all: Vec<Watch>,
    /// The same for the core, if there are none but ours.
    list: Option<PollList>,
}

impl Watches {
    pub(super) fn new(all: Vec<Watch>) -> Self {
        let member = |watch: &Watch| {
            let fd = u32::try_from(watch.fd).ok().filter(|fd| *fd >= FIRST_FD)?;
            Some((fd, Events::from_bits(watch.events)))
        };
        let list = all.iter().map(member).collect::<Option<_>>().and_then(PollList::new);
        Self { all, list }
    }

    pub(super) fn all(&self) -> &[Watch] {
        &self.all
    }

    /// Waits for them, and answers those for which something was found. If they are the same as the last time, that costs by
    /// how many are ready, and not by how many there are.
    pub(super) fn wait(&self, timeout: Timeout) -> PyResult<Vec<Watch>> {
        if let Some(ready) = self.list.as_ref().and_then(|list| poll_kept(list, timeout)) {
            return ready;
        }
        let mut watches = self.all.clone();
        wait(&mut watches, timeout)?;
        if let Some(list) = &self.list {
            state().sockets.keep(list);
        }
        watches.retain(|watch| watch.found != 0);
        Ok(watches)
    }
}

/// What is ready in a list that the core keeps a set of, which has none but sockets in it.
fn poll_kept(list: &PollList, timeout: Timeout) -> Option<PyResult<Vec<Watch>>> {
    if !state().coalescing.blocked().is_empty() {
        return None;
    }
    let found = match state().sockets.poll_kept(list, timeout)? {
        Ok(found) => found,
        Err(error) => return Some(Err(error.into())),
    };
    let watch = |entry: PollEntry| Watch {
        fd: entry.fd.cast_signed(),
        events: entry.events.bits(),
        found: entry.revents.bits(),
    };
    Some(Ok(found.into_iter().map(watch).collect()))
}

/// `poll(2)`: waits until something is ready or the time is over.
pub(super) fn wait(watches: &mut [Watch], timeout: Timeout) -> PyResult<()> {
    let mut asked = Asked {
        entries: Vec::with_capacity(watches.len()),
        positions: Vec::with_capacity(watches.len()),
        seen: BTreeSet::new(),
    };
    let mut ready = false;
    for (position, watch) in watches.iter_mut().enumerate() {
        watch.found = asked.ask(position, watch.fd, watch.events);
        ready |= watch.found != 0;
    }
    wait_for_sockets(&mut asked.entries, if ready { Timeout::NonBlocking } else { timeout })?;
    for (entry, (position, of)) in asked.entries.iter().zip(asked.positions) {
        if let Some(watch) = watches.get_mut(position) {
            watch.found |= match of {
                Of::Itself => entry.revents.bits(),
                Of::Epoll if is_event(entry.revents) => watch.events & EPOLL_READY,
                Of::Epoll => 0,
            };
        }
    }
    Ok(())
}

/// What the core is asked, and for which watch.
struct Asked {
    entries: Vec<PollEntry>,
    positions: Vec<(usize, Of)>,
    /// The instances that were asked for the current watch: many ways may lead to one.
    seen: BTreeSet<*const Epoll>,
}

/// Whose readiness an entry tells.
#[derive(Clone, Copy)]
enum Of {
    /// That of the descriptor that is watched.
    Itself,
    /// That of an `epoll` instance, which is readable when something that it watches is ready.
    Epoll,
}

impl Asked {
    /// Asks for the watch at `position`; what is known at once.
    fn ask(&mut self, position: usize, fd: c_int, events: u32) -> u32 {
        match classify(fd) {
            Descriptor::Ours(number) => match self.instance(fd) {
                Some(epoll) if self.ask_all_of(position, &epoll) => events & EPOLL_READY,
                Some(_) => 0,
                None => {
                    self.push(position, Of::Itself, number, events);
                    0
                }
            },
            Descriptor::File => events & FILE_READY,
            Descriptor::Closed => Events::NVAL.bits(),
        }
    }

    /// The instance `fd`, which a new watch begins to ask.
    fn instance(&mut self, fd: c_int) -> Option<Rc<Epoll>> {
        let instance = state().epolls.find(fd);
        if instance.is_some() {
            self.seen.clear();
        }
        instance
    }

    /// Asks for all that an instance watches; whether something is ready at once. Instances do not watch one another in a
    /// circle, nor many deep.
    fn ask_all_of(&mut self, position: usize, epoll: &Epoll) -> bool {
        let mut ready = false;
        if !self.seen.insert(std::ptr::from_ref(epoll)) {
            return false;
        }
        for watch in epoll.watches().all() {
            match (classify(watch.fd), state().epolls.find(watch.fd)) {
                (Descriptor::Ours(_), Some(epoll)) => ready |= self.ask_all_of(position, &epoll),
                (Descriptor::Ours(fd), None) => self.push(position, Of::Epoll, fd, watch.events),
                (Descriptor::File, _) => ready |= watch.events & FILE_READY != 0,
                (Descriptor::Closed, _) => {}
            }
        }
        ready
    }

    fn push(&mut self, position: usize, of: Of, fd: u32, events: u32) {
        self.entries.push(PollEntry::new(fd, Events::from_bits(events)));
        self.positions.push((position, of));
    }
}

fn is_event(found: Events) -> bool {
    found.bits() & !Events::NVAL.bits() != 0
}
