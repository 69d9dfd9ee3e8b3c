//! Descriptors that travel with a message of an operating system's socket and are none of its own: pipes, devices and
//! standard streams, which live in this program.
//!
//! A token travels in their place, a socket of the system with a name that nothing else has. Whoever receives it in this
//! program, and nobody else can, gets what it stands for.

use std::cell::RefCell;
use std::rc::Rc;

use super::description::{Description, Endpoint, Rights};
use super::letting_go::let_go;
use super::system::{SystemSocket, system_of};
use super::{Events, Sockets};
use crate::address::{Address, Family, Kind, UnixAddress};
use crate::errno::Errno;
use crate::error::Result;
use crate::net::Net;
use crate::system::{System, SystemSource};
use crate::time::Deadline;

/// What is under way.
pub(super) struct Carried<N: Net>(RefCell<Vec<Token<N>>>);

struct Token<N: Net> {
    name: Address,
    /// The other end of the token: it is hung up once the token is gone without having arrived.
    end: SystemSocket<N>,
    stands_for: Rights<N>,
}

/// As many as that may be under way, as Linux allows a process to have in flight by default.
const MOST: usize = 1024;

impl<N: Net> Default for Carried<N> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<N: Net> Sockets<N> {
    /// A token that stands for `description`.
    pub(super) fn token_for(&self, description: &Rights<N>) -> Result<SystemSocket<N>> {
        let system = system_of(self.net())?;
        self.forget_lost(system);
        let mut carried = self.carried.0.borrow_mut();
        if carried.len() >= MOST {
            return Err(Errno::ETOOMANYREFS.into());
        }
        let (token, end) = system.pair(Family::Unix, Kind::Stream, 0)?;
        system.bind(&token, &Address::Unix(UnixAddress::Unnamed))?;
        let name = system.local_address(&token)?;
        if name == Address::Unix(UnixAddress::Unnamed) {
            // Nothing would tell it from other sockets.
            return Err(Errno::EOPNOTSUPP.into());
        }
        carried.push(Token { name, end, stands_for: Rc::clone(description) });
        Ok(token)
    }

    /// What arrived: what a token stands for, or the socket itself. One that was only looked at will arrive again.
    pub(super) fn arrived(&self, description: Rights<N>, is_peek: bool) -> Rights<N> {
        let mut carried = self.carried.0.borrow_mut();
        if carried.is_empty() {
            return description;
        }
        let (Endpoint::System(socket), Ok(system)) = (&description.endpoint, system_of(self.net())) else {
            return description;
        };
        let Ok(name) = system.local_address(socket) else { return description };
        match carried.iter().position(|token| token.name == name) {
            Some(place) if is_peek => carried.get(place).map_or(description, |token| Rc::clone(&token.stands_for)),
            Some(place) => carried.swap_remove(place).stands_for,
            None => description,
        }
    }

    /// Lets go of what nobody can receive any more.
    fn forget_lost(&self, system: &N::System) {
        let mut carried = self.carried.0.borrow_mut();
        if carried.is_empty() {
            return;
        }
        let ends: Vec<_> = carried.iter().map(|token| SystemSource::Socket(&token.end, Events::NONE)).collect();
        let Ok(found) = system.poll(&ends, Deadline::Now) else { return };
        let mut is_lost = found.iter().map(|events| events.intersects(Events::HUP));
        let lost = carried.extract_if(.., |_| is_lost.next().unwrap_or(false)).map(|token| token.stands_for).collect();
        drop(carried);
        let_go(lost);
    }
}

impl<N: Net> Description<N> {
    /// The socket that travels for this: its own, or the token that was made for it.
    pub(super) fn traveller<'a>(&'a self, token: &'a Option<SystemSocket<N>>) -> Result<&'a SystemSocket<N>> {
        match token {
            Some(token) => Ok(token),
            None => self.system_socket(),
        }
    }
}
