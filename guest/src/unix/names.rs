//! The names of `AF_UNIX` sockets in one program. They are not files: nobody outside the program could use them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

use super::backlog::Backlog;
use super::lane::Lane;
use crate::address::{Kind, UnixAddress};
use crate::errno::Errno;

/// How many names Linux's autobind can choose from: five hexadecimal digits.
const AUTOMATIC_NAMES: u32 = 1 << 20;

/// Who has which name.
pub(crate) struct Names<R: Clone> {
    bound: RefCell<BTreeMap<UnixAddress, (Kind, Bound<R>)>>,
    next_automatic: Cell<u32>,
}

/// What stands behind a name.
pub(super) enum Bound<R: Clone> {
    /// A socket that neither listens nor receives datagrams.
    Idle,
    /// A listener.
    Listener(Weak<Backlog<R>>),
    /// A datagram socket.
    Datagrams(Weak<Lane<R>>),
}

impl<R: Clone> Default for Names<R> {
    fn default() -> Self {
        Self { bound: RefCell::default(), next_automatic: Cell::new(0) }
    }
}

impl<R: Clone> Names<R> {
    /// Gives `name` to a socket; the empty one asks for an automatic name of the abstract namespace.
    pub(super) fn bind(&self, name: &UnixAddress, kind: Kind, bound: Bound<R>) -> Result<UnixAddress, Errno> {
        let mut table = self.bound.borrow_mut();
        let name = match name {
            UnixAddress::Unnamed => (0..AUTOMATIC_NAMES)
                .map(|_| self.automatic())
                .find(|name| !table.contains_key(name))
                .ok_or(Errno::EADDRINUSE)?,
            UnixAddress::Path(_) | UnixAddress::Abstract(_) => name.clone(),
        };
        if table.contains_key(&name) {
            return Err(Errno::EADDRINUSE);
        }
        table.insert(name.clone(), (kind, bound));
        Ok(name)
    }

    /// The socket behind `name` now does something else.
    pub(super) fn replace(&self, name: &UnixAddress, bound: Bound<R>) {
        if let Some(entry) = self.bound.borrow_mut().get_mut(name) {
            entry.1 = bound;
        }
    }

    pub(super) fn remove(&self, name: &UnixAddress) {
        self.bound.borrow_mut().remove(name);
    }

    /// The listener that a socket of `kind` connects to.
    pub(super) fn listener(&self, name: &UnixAddress, kind: Kind) -> Result<Rc<Backlog<R>>, Errno> {
        match self.bound.borrow().get(name) {
            None => Err(missing(name)),
            Some((other, _)) if *other != kind => Err(Errno::EPROTOTYPE),
            Some((_, Bound::Listener(listener))) => listener.upgrade().ok_or(Errno::ECONNREFUSED),
            Some((_, Bound::Idle | Bound::Datagrams(_))) => Err(Errno::ECONNREFUSED),
        }
    }

    /// Where a datagram to `name` goes.
    pub(super) fn datagrams(&self, name: &UnixAddress) -> Result<Rc<Lane<R>>, Errno> {
        match self.bound.borrow().get(name) {
            None => Err(missing(name)),
            Some((_, Bound::Datagrams(lane))) => lane.upgrade().ok_or(Errno::ECONNREFUSED),
            Some((_, Bound::Idle | Bound::Listener(_))) => Err(Errno::EPROTOTYPE),
        }
    }

    fn automatic(&self) -> UnixAddress {
        let number = self.next_automatic.get();
        self.next_automatic.set((number + 1) % AUTOMATIC_NAMES);
        UnixAddress::Abstract(format!("{number:05x}").into_bytes())
    }
}

/// What Linux answers where nobody has `name`.
fn missing(name: &UnixAddress) -> Errno {
    match name {
        UnixAddress::Path(_) => Errno::ENOENT,
        UnixAddress::Abstract(_) => Errno::ECONNREFUSED,
        UnixAddress::Unnamed => Errno::EINVAL,
    }
}
