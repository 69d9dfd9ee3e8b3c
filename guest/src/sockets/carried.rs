//! Descriptors that travel with a message of an operating system's socket and are none of its own: pipes, devices and
//! standard streams, which live in this program.
//!
//! A token travels in their place, a socket of the system with a name that nothing else has. Only this program can
//! receive it, and then gets what it stands for.

use std::cell::RefCell;
use std::rc::Rc;

use super::description::Rights;
use super::drop::let_go;
use super::endpoint::Endpoint;
use super::kernel::KernelSocket;
use super::{Events, Sockets};
use crate::address::{Address, Family, Kind, UnixAddress};
use crate::errno::Errno;
use crate::error::Result;
use crate::net::{Interest, Source};
use crate::system::System;
use crate::time::Deadline;

/// What is under way.
pub(super) struct Carried<S: System>(RefCell<Vec<Token<S>>>);

struct Token<S: System> {
    name: Address,
    /// The other end of the token: it is hung up once the token is gone without having arrived.
    end: S::Socket,
    stands_for: Rights<S>,
}

/// As many as that may be under way, as Linux allows a process to have in flight by default.
const MOST: usize = 1024;

impl<S: System> Default for Carried<S> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<S: System> Sockets<S> {
    /// A token that stands for `description`.
    pub(super) fn token_for(&self, description: &Rights<S>) -> Result<Rights<S>> {
        let net = &self.net;
        self.forget_lost();
        let mut carried = self.state.carried.0.borrow_mut();
        if carried.len() >= MOST {
            return Err(Errno::ETOOMANYREFS.into());
        }
        let (token, end) = net.pair(Family::Unix, Kind::Stream, 0)?;
        net.bind(&token, &Address::Unix(UnixAddress::Unnamed))?;
        let name = net.local_address(&token)?;
        if name == Address::Unix(UnixAddress::Unnamed) {
            // It could not be distinguished from other sockets.
            return Err(Errno::EOPNOTSUPP.into());
        }
        carried.push(Token { name, end, stands_for: Rc::clone(description) });
        Ok(KernelSocket::describe(token, Family::Unix, Kind::Stream, 0))
    }

    /// What arrived: what a token stands for, or the socket itself. One that was only looked at will arrive again.
    pub(super) fn arrived(&self, description: Rights<S>, is_peek: bool) -> Rights<S> {
        let mut carried = self.state.carried.0.borrow_mut();
        if carried.is_empty() {
            return description;
        }
        let Some(socket) = description.endpoint.kernel_socket() else { return description };
        let Ok(name) = self.net.local_address(socket) else { return description };
        match carried.iter().position(|token| token.name == name) {
            Some(place) if is_peek => carried.get(place).map_or(description, |token| Rc::clone(&token.stands_for)),
            Some(place) => carried.swap_remove(place).stands_for,
            None => description,
        }
    }

    /// Lets go of what cannot be received any more.
    fn forget_lost(&self) {
        let mut carried = self.state.carried.0.borrow_mut();
        if carried.is_empty() {
            return;
        }
        let ends: Vec<_> = carried
            .iter()
            .map(|token| Interest { source: Source::Socket(&token.end), events: Events::empty() })
            .collect();
        let Ok(found) = self.net.poll(&ends, Deadline::Now) else { return };
        let mut is_lost = found.iter().map(|events| events.intersects(Events::HUP));
        let lost = carried.extract_if(.., |_| is_lost.next().unwrap_or(false)).map(|token| token.stands_for).collect();
        drop(carried);
        let_go(lost);
    }
}
