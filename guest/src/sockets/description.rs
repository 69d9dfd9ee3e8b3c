//! Open descriptions: what `dup` shares.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use super::epoll::UsedUp;
use super::kept_options::Kept;
use super::stack::Stack;
use crate::address::{Family, Kind};
use crate::net::Network;
use crate::time::Timeout;
use crate::waiting::Wait;

/// An open description.
pub struct Description<N: Network> {
    pub(crate) attributes: Attributes,
    pub(crate) endpoint: <N::Stack as Stack<N>>::Kind,
}

/// What every open description has.
pub struct Attributes {
    pub(crate) family: Family,
    pub(crate) kind: Kind,
    pub(crate) protocol: i32,
    pub(crate) nonblocking: Cell<bool>,
    pub(crate) kept: RefCell<Kept>,
    /// For edges of `epoll`.
    pub(crate) used_up: Cell<UsedUp>,
}

/// A reference to an open description: what travels with a message.
pub(crate) type Rights<N> = Rc<Description<N>>;

impl<N: Network> Description<N> {
    /// A description of `endpoint`. Of what is no socket the family, the type and the protocol are never asked for.
    pub(crate) fn open(attributes: Attributes, endpoint: impl Into<<N::Stack as Stack<N>>::Kind>) -> Rights<N> {
        Rc::new(Self { attributes, endpoint: endpoint.into() })
    }
}

impl Attributes {
    pub(crate) fn new(family: Family, kind: Kind, protocol: i32) -> Self {
        Self {
            family,
            kind,
            protocol,
            nonblocking: Cell::new(false),
            kept: RefCell::default(),
            used_up: Cell::default(),
        }
    }

    /// Those of what is no socket.
    pub(crate) fn of_no_socket() -> Self {
        Self::new(Family::Unix, Kind::Stream, 0)
    }

    /// The mode of a call: a Python object that never waits for its timeout still does not block where the description
    /// has been made non-blocking under it.
    pub(crate) fn mode(&self, timeout: Timeout) -> Timeout {
        match timeout {
            Timeout::Blocking if self.nonblocking.get() => Timeout::NonBlocking,
            Timeout::Blocking | Timeout::NonBlocking | Timeout::After(_) => timeout,
        }
    }

    /// The wait of a call that sends, or connects.
    pub(crate) fn send_wait<N: Network>(&self, net: &N, timeout: Timeout) -> Wait {
        Wait::limited(net, self.mode(timeout), self.kept.borrow().send_timeout)
    }

    /// The wait of a call that receives, or accepts.
    pub(crate) fn receive_wait<N: Network>(&self, net: &N, timeout: Timeout) -> Wait {
        Wait::limited(net, self.mode(timeout), self.kept.borrow().receive_timeout)
    }
}
