//! The `epoll` instances of this program: what each watches, and what it has told already.
//!
//! An instance asks the core about all of its descriptors at each wait, which the core remembers. An edge (`EPOLLET`) is what was not ready when the
//! instance last told of it, or has been used up since: a receive uses up what there was to read, a send that found no room
//! uses up the room. So an edge is never missed; one that arrives while older data still waits is told once, with it.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ffi::c_int;
use std::rc::Rc;

use wasocket::errno::Errno;
use wasocket::sockets::{Events, Fd};
use wasocket::time::Timeout;

use super::waiting::{Watch, Watches, wait};
use crate::descriptors::{Descriptor, classify};
use crate::errors::PyResult;
use crate::state::state;

/// `EPOLLEXCLUSIVE`, `EPOLLWAKEUP`, `EPOLLONESHOT` and `EPOLLET`: how to watch, not what for.
const EXCLUSIVE: u32 = 1 << 28;
const WAKEUP: u32 = 1 << 29;
const ONE_SHOT: u32 = 1 << 30;
const EDGE: u32 = 1 << 31;
const MODES: u32 = EXCLUSIVE | WAKEUP | ONE_SHOT | EDGE;

/// What may stand beside `EPOLLEXCLUSIVE`.
const WITH_EXCLUSIVE: u32 = 0x1 | 0x4 | 0x8 | 0x10 | WAKEUP | EDGE | EXCLUSIVE;

/// What a receive uses up, and what a send.
const TO_READ: u32 = 0x1 | 0x2 | 0x40 | 0x80 | 0x2000;
const ROOM: u32 = 0x4 | 0x100 | 0x200;

/// What is told whether it was asked for or not; after it has been, nothing else follows on that descriptor.
const ALWAYS: u32 = 0x8 | 0x10;

/// How many instances may stand in a row, each watching the next, as on Linux.
const LONGEST_ROW: usize = 5;

/// The highest number of a standard stream, which can be watched as a terminal or a pipe can.
const LAST_STREAM: c_int = 2;

/// One watched descriptor.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Registration {
    events: u32,
    /// The bits that an edge-triggered registration has told of and that nothing has used up since.
    told: u32,
    /// `EPOLLONESHOT` has had its shot.
    spent: bool,
}

/// An instance.
#[derive(Default)]
pub(super) struct Epoll {
    registered: RefCell<Registered>,
}

#[derive(Default)]
struct Registered {
    by_fd: BTreeMap<c_int, Registration>,
    /// Where the next answer begins, if the last one had no room for all: so that each has its turn.
    next: c_int,
    /// What to wait for, until a registration changes.
    watches: Option<Rc<Watches>>,
}

impl Registered {
    fn insert(&mut self, fd: c_int, registration: Registration) {
        self.watches = None;
        self.by_fd.insert(fd, registration);
    }

    fn remove(&mut self, fd: c_int) -> Option<Registration> {
        self.watches = None;
        self.by_fd.remove(&fd)
    }

    /// Marks what has been told, or used up; mostly that is nothing new.
    fn update(&mut self, fd: c_int, update: impl FnOnce(&mut Registration)) {
        if let Some(registration) = self.by_fd.get_mut(&fd) {
            let before = *registration;
            update(registration);
            if before != *registration {
                self.watches = None;
            }
        }
    }
}

/// Some instances, each once, however many ways lead to it.
type Layer = BTreeMap<*const Epoll, Rc<Epoll>>;

/// All instances, by descriptor; `dup` shares them.
#[derive(Default)]
pub(crate) struct Epolls(RefCell<BTreeMap<Fd, Rc<Epoll>>>);

impl Epolls {
    /// A new instance.
    pub(super) fn create(&self) -> PyResult<c_int> {
        let fd = state().sockets.reserve()?;
        self.0.borrow_mut().insert(fd, Rc::default());
        Ok(fd.cast_signed())
    }

    /// The instance `fd`: `EINVAL` for a descriptor of something else.
    pub(super) fn get(&self, fd: c_int) -> Result<Rc<Epoll>, Errno> {
        if is_closed(fd) {
            return Err(Errno::EBADF);
        }
        self.find(fd).ok_or(Errno::EINVAL)
    }

    /// The instance `fd`, if it is one.
    pub(super) fn find(&self, fd: c_int) -> Option<Rc<Epoll>> {
        self.0.borrow().get(&Fd::try_from(fd).ok()?).map(Rc::clone)
    }

    /// `copy` is a duplicate of `fd`.
    pub(crate) fn share(&self, fd: Fd, copy: Fd) {
        let mut instances = self.0.borrow_mut();
        if let Some(epoll) = instances.get(&fd).map(Rc::clone) {
            instances.insert(copy, epoll);
        }
    }

    /// `fd` is about to be closed.
    pub(crate) fn forget(&self, fd: Fd) {
        let instance = self.0.borrow_mut().remove(&fd);
        drop(instance);
        for epoll in self.0.borrow().values() {
            epoll.registered.borrow_mut().remove(fd.cast_signed());
        }
    }

    /// What there is to read on `fd` is about to be used up.
    pub(crate) fn before_receiving(&self, fd: Fd) {
        self.use_up(fd, TO_READ);
    }

    /// `length` bytes were to be sent: less room than that is no room.
    pub(crate) fn after_sending<E>(&self, fd: Fd, length: usize, sent: &Result<usize, E>) {
        if !matches!(sent, Ok(sent) if *sent >= length) {
            self.use_up(fd, ROOM);
        }
    }

    fn use_up(&self, fd: Fd, events: u32) {
        for epoll in self.0.borrow().values() {
            epoll.registered.borrow_mut().update(fd.cast_signed(), |registration| registration.told &= !events);
        }
    }
}

impl Epoll {
    /// `EPOLL_CTL_ADD`.
    pub(super) fn add(self: &Rc<Self>, fd: c_int, events: u32) -> Result<(), Errno> {
        let target = self.target(fd)?;
        if events & EXCLUSIVE != 0 && (events & !WITH_EXCLUSIVE != 0 || target.is_some()) {
            return Err(Errno::EINVAL);
        }
        if self.registered.borrow().by_fd.contains_key(&fd) {
            return Err(Errno::EEXIST);
        }
        if let Some(target) = target {
            self.check_row(&target)?;
        }
        self.registered.borrow_mut().insert(fd, Registration { events, told: 0, spent: false });
        Ok(())
    }

    /// `EPOLL_CTL_MOD`.
    pub(super) fn modify(self: &Rc<Self>, fd: c_int, events: u32) -> Result<(), Errno> {
        self.target(fd)?;
        if events & EXCLUSIVE != 0 {
            return Err(Errno::EINVAL);
        }
        let mut registered = self.registered.borrow_mut();
        registered.watches = None;
        match registered.by_fd.get_mut(&fd) {
            None => Err(Errno::ENOENT),
            Some(registration) if registration.events & EXCLUSIVE != 0 => Err(Errno::EINVAL),
            Some(registration) => {
                *registration = Registration { events, told: 0, spent: false };
                Ok(())
            }
        }
    }

    /// `EPOLL_CTL_DEL`.
    pub(super) fn remove(self: &Rc<Self>, fd: c_int) -> Result<(), Errno> {
        self.target(fd)?;
        self.registered.borrow_mut().remove(fd).map(drop).ok_or(Errno::ENOENT)
    }

    /// Checks that `fd` can be watched; the instance that it is, if it is one.
    fn target(self: &Rc<Self>, fd: c_int) -> Result<Option<Rc<Self>>, Errno> {
        let instance = state().epolls.find(fd);
        match classify(fd) {
            _ if is_closed(fd) => Err(Errno::EBADF),
            Descriptor::File if fd > LAST_STREAM => Err(Errno::EPERM),
            _ if instance.as_ref().is_some_and(|instance| Rc::ptr_eq(instance, self)) => Err(Errno::EINVAL),
            Descriptor::Ours(_) | Descriptor::File | Descriptor::Closed => Ok(instance),
        }
    }

    /// Refuses circles and long rows: a wait follows them down, and it must come to an end.
    fn check_row(self: &Rc<Self>, target: &Rc<Self>) -> Result<(), Errno> {
        let (above, below) = (self.layers(Self::watchers), target.layers(Self::nested));
        let circle = below.iter().any(|layer| layer.contains_key(&Rc::as_ptr(self)));
        if circle || above.len() + below.len() > LONGEST_ROW { Err(Errno::ELOOP) } else { Ok(()) }
    }

    /// This instance, then those that `next` finds of it, and so on: as many layers as the longest row has instances.
    fn layers(self: &Rc<Self>, next: fn(&Layer) -> Layer) -> Vec<Layer> {
        let mut layers = Vec::new();
        let mut layer = Layer::from([(Rc::as_ptr(self), Rc::clone(self))]);
        while !layer.is_empty() && layers.len() <= LONGEST_ROW {
            let following = next(&layer);
            layers.push(std::mem::replace(&mut layer, following));
        }
        layers
    }

    /// The instances that those of `layer` watch.
    fn nested(layer: &Layer) -> Layer {
        layer.values().flat_map(|epoll| epoll.watched_instances()).map(|epoll| (Rc::as_ptr(&epoll), epoll)).collect()
    }

    /// The instances that watch those of `layer`.
    fn watchers(layer: &Layer) -> Layer {
        let instances: Vec<_> = state().epolls.0.borrow().values().map(Rc::clone).collect();
        let watches =
            |epoll: &Rc<Self>| epoll.watched_instances().iter().any(|nested| layer.contains_key(&Rc::as_ptr(nested)));
        instances.into_iter().filter(watches).map(|epoll| (Rc::as_ptr(&epoll), epoll)).collect()
    }

    fn watched_instances(&self) -> Vec<Rc<Self>> {
        self.registered.borrow().by_fd.keys().filter_map(|fd| state().epolls.find(*fd)).collect()
    }

    /// `epoll_wait(2)`: at most `most` descriptors with their events.
    pub(super) fn wait(&self, most: usize, timeout: Timeout) -> PyResult<Vec<(c_int, u32)>> {
        let mut watches = self.watches().wait(timeout)?;
        watches.retain(|watch| watch.found & !Events::NVAL.bits() != 0);
        self.add_what_was_told(&mut watches)?;
        self.put_in_turn(&mut watches, most);
        self.note(&watches);
        Ok(watches.into_iter().map(|watch| (watch.fd, watch.found)).collect())
    }

    /// What to ask for: not what an edge has told of already.
    pub(super) fn watches(&self) -> Rc<Watches> {
        let mut registered = self.registered.borrow_mut();
        if let Some(watches) = &registered.watches {
            return Rc::clone(watches);
        }
        let waiting = registered.by_fd.iter().filter(|(_, watched)| !watched.spent && watched.told & ALWAYS == 0);
        let watches = waiting.map(|(fd, watched)| Watch::new(*fd, watched.events & !MODES & !watched.told));
        let watches = Rc::new(Watches::new(watches.collect()));
        registered.watches = Some(Rc::clone(&watches));
        watches
    }

    /// An edge tells all that is ready, not only what is new.
    fn add_what_was_told(&self, watches: &mut [Watch]) -> PyResult<()> {
        let mut again: Vec<Watch> = {
            let registered = self.registered.borrow();
            let events_of = |fd| registered.by_fd.get(&fd).filter(|watched| watched.told != 0);
            watches
                .iter()
                .filter_map(|watch| Some(Watch::new(watch.fd, events_of(watch.fd)?.events & !MODES)))
                .collect()
        };
        if again.is_empty() {
            return Ok(());
        }
        wait(&mut again, Timeout::NonBlocking)?;
        for watch in watches {
            if let Some(whole) = again.iter().find(|whole| whole.fd == watch.fd) {
                watch.found |= whole.found;
            }
        }
        Ok(())
    }

    fn put_in_turn(&self, watches: &mut Vec<Watch>, most: usize) {
        if watches.len() <= most {
            return;
        }
        let mut registered = self.registered.borrow_mut();
        let first = watches.iter().position(|watch| watch.fd >= registered.next).unwrap_or(0);
        watches.rotate_left(first);
        registered.next = watches.get(most).map_or(0, |watch| watch.fd);
        watches.truncate(most);
    }

    fn note(&self, told: &[Watch]) {
        let mut registered = self.registered.borrow_mut();
        for watch in told {
            registered.update(watch.fd, |registration| {
                registration.spent = registration.events & ONE_SHOT != 0;
                registration.told = if registration.events & EDGE != 0 { watch.found } else { 0 };
            });
        }
    }
}

fn is_closed(fd: c_int) -> bool {
    match classify(fd) {
        Descriptor::Ours(fd) => !state().sockets.is_open(fd),
        Descriptor::File => false,
        Descriptor::Closed => true,
    }
}
