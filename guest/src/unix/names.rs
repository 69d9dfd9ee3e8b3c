//! The names of `AF_UNIX` sockets in one program. They are not files: no other program could use them.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};

use super::backlog::Backlog;
use super::queue::Queue;
use crate::address::{Kind, UnixAddress};
use crate::errno::Errno;

/// How many names Linux's autobind can choose from: five hexadecimal digits.
const AUTOMATIC_NAMES: u32 = 1 << 20;

/// Which socket has which name.
pub(crate) struct Names<R: Clone> {
    /// In the order of the names.
    bound: RefCell<Vec<Entry<R>>>,
    next_owner: Cell<Owner>,
    next_automatic: Cell<u32>,
}

struct Entry<R: Clone> {
    name: UnixAddress,
    kind: Kind,
    bound: Bound<R>,
    owner: Owner,
}

/// Which socket was given a name: after the name was taken from it, another one may have it.
pub(super) type Owner = u64;

/// What stands behind a name.
pub(super) enum Bound<R: Clone> {
    /// A socket that neither listens nor receives datagrams.
    Idle,
    /// A listener.
    Listener(Weak<Backlog<R>>),
    /// A datagram socket.
    Datagrams(Weak<Queue<R>>),
}

impl<R: Clone> Default for Names<R> {
    fn default() -> Self {
        Self { bound: RefCell::default(), next_owner: Cell::new(0), next_automatic: Cell::new(0) }
    }
}

impl<R: Clone> Names<R> {
    /// Gives `name` to a socket; the empty one asks for an automatic name of the abstract namespace.
    pub(super) fn bind(&self, name: &UnixAddress, kind: Kind, bound: Bound<R>) -> Result<(UnixAddress, Owner), Errno> {
        let name = match name {
            UnixAddress::Unnamed => (0..AUTOMATIC_NAMES)
                .map(|_| self.automatic())
                .find(|name| self.place(name).is_err())
                .ok_or(Errno::EADDRINUSE)?,
            UnixAddress::Path(_) | UnixAddress::Abstract(_) => name.clone(),
        };
        let place = self.place(&name).err().ok_or(Errno::EADDRINUSE)?;
        let owner = self.next_owner.get();
        self.next_owner.set(owner + 1);
        self.bound.borrow_mut().insert(place, Entry { name: name.clone(), kind, bound, owner });
        Ok((name, owner))
    }

    /// The socket behind `name` now does something else.
    pub(super) fn replace(&self, name: &UnixAddress, owner: Owner, bound: Bound<R>) {
        let place = self.place(name).unwrap_or(usize::MAX);
        if let Some(entry) = self.bound.borrow_mut().get_mut(place).filter(|entry| entry.owner == owner) {
            entry.bound = bound;
        }
    }

    /// The socket that was given `name` is gone.
    pub(super) fn remove(&self, name: &UnixAddress, owner: Owner) {
        self.take(name, |entry| entry.owner == owner);
    }

    /// Takes `name` from the socket that has it.
    pub(crate) fn unlink(&self, name: &UnixAddress) {
        self.take(name, |_| true);
    }

    fn take(&self, name: &UnixAddress, is_meant: impl Fn(&Entry<R>) -> bool) {
        let mut table = self.bound.borrow_mut();
        if let Ok(place) = search(&table, name)
            && table.get(place).is_some_and(is_meant)
        {
            table.remove(place);
        }
    }

    /// The listener that a socket of `kind` connects to.
    pub(super) fn listener(&self, name: &UnixAddress, kind: Kind) -> Result<Rc<Backlog<R>>, Errno> {
        let table = self.bound.borrow();
        let entry = search(&table, name).ok().and_then(|place| table.get(place)).ok_or(missing(name))?;
        match &entry.bound {
            _ if entry.kind != kind => Err(Errno::EPROTOTYPE),
            Bound::Listener(listener) => listener.upgrade().ok_or(Errno::ECONNREFUSED),
            Bound::Idle | Bound::Datagrams(_) => Err(Errno::ECONNREFUSED),
        }
    }

    /// Where a datagram to `name` goes.
    pub(super) fn datagrams(&self, name: &UnixAddress) -> Result<Rc<Queue<R>>, Errno> {
        let table = self.bound.borrow();
        let entry = search(&table, name).ok().and_then(|place| table.get(place)).ok_or(missing(name))?;
        match &entry.bound {
            Bound::Datagrams(queue) => queue.upgrade().ok_or(Errno::ECONNREFUSED),
            Bound::Idle | Bound::Listener(_) => Err(Errno::EPROTOTYPE),
        }
    }

    /// The place of a name, or the one that it would have.
    fn place(&self, name: &UnixAddress) -> Result<usize, usize> {
        search(&self.bound.borrow(), name)
    }

    fn automatic(&self) -> UnixAddress {
        let number = self.next_automatic.get();
        self.next_automatic.set((number + 1) % AUTOMATIC_NAMES);
        UnixAddress::Abstract(format!("{number:05x}").into_bytes())
    }
}

fn search<R: Clone>(table: &[Entry<R>], name: &UnixAddress) -> Result<usize, usize> {
    table.binary_search_by(|entry| entry.name.cmp(name))
}

/// What Linux answers where no socket has `name`.
fn missing(name: &UnixAddress) -> Errno {
    match name {
        UnixAddress::Path(_) => Errno::ENOENT,
        UnixAddress::Abstract(_) => Errno::ECONNREFUSED,
        UnixAddress::Unnamed => Errno::EINVAL,
    }
}
