//! The sockets that a guest has open on plain `wasi:sockets`: what they count as, and where mapped ports lead.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Weak};

use super::buffers::{Buffered, Buffers, Way};
use super::limits::{Exceeded, Permit};
use super::network::{Held, Network, locked};
use super::{Attempt, Origin, Protocol, Tracked};

/// What is known of the open sockets, by protocol and the number of their resource.
#[derive(Debug, Default)]
pub(crate) struct Book {
    sockets: HashMap<(Protocol, u32), Socket>,
    /// Mapped addresses that were allowed under the guest's own, and that wasmtime will ask about.
    approved: HashMap<(Use, SocketAddr), u32>,
}

#[derive(Debug)]
struct Socket {
    tracked: Arc<Tracked>,
    buffers: Buffers,
    _permit: Permit,
    connection: Option<(Permit, Held)>,
}

/// What wasmtime asks about a mapped address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Use {
    Connect,
    Bind,
}

impl Network {
    /// A socket exists from now on.
    pub(crate) fn note_open(&self, protocol: Protocol, number: u32, permit: Permit, buffers: Buffers, origin: Origin) {
        // Datagrams do not tell which socket they are of.
        let tracked = Arc::new(self.track(protocol, protocol == Protocol::Tcp, origin));
        let socket = Socket { tracked, buffers, _permit: permit, connection: None };
        locked(self.book()).sockets.insert((protocol, number), socket);
    }

    /// Something has changed a socket's state.
    pub(crate) fn note(&self, protocol: Protocol, number: u32, tell: impl FnOnce(&Tracked)) {
        let tracked = locked(self.book()).sockets.get(&(protocol, number)).map(|socket| Arc::clone(&socket.tracked));
        if let Some(tracked) = tracked {
            tell(&tracked);
        }
    }

    /// A TCP socket has a peer, or is to have one.
    pub(crate) fn note_peer(&self, number: u32, remote: SocketAddr, permit: Permit) {
        let held = self.hold(remote);
        if let Some(socket) = locked(self.book()).sockets.get_mut(&(Protocol::Tcp, number)) {
            socket.connection = Some((permit, held));
        }
    }

    /// What counts the bytes of a TCP socket, as long as it is open.
    pub(crate) fn traffic(&self, number: u32) -> Weak<Tracked> {
        let book = locked(self.book());
        book.sockets.get(&(Protocol::Tcp, number)).map(|socket| Arc::downgrade(&socket.tracked)).unwrap_or_default()
    }

    /// A socket has a buffer of another size.
    pub(crate) fn note_size<B: Buffered>(
        &self,
        key: (Protocol, u32),
        socket: &mut B,
        way: Way,
    ) -> Result<(), B::Error> {
        match locked(self.book()).sockets.get_mut(&key) {
            Some(known) => known.buffers.changed(self, socket, way),
            None => Ok(()),
        }
    }

    /// A socket is gone.
    pub(crate) fn note_closed(&self, protocol: Protocol, number: u32) {
        let closed = locked(self.book()).sockets.remove(&(protocol, number));
        drop(closed);
    }

    /// The guest is gone, and all its sockets with it: nothing of it counts any more, and the audit has its last lines.
    ///
    /// [`Host`](crate::Host) does this. Who has a store of his own calls it after that was dropped.
    pub fn end(&self) {
        let ended = std::mem::take(&mut *locked(self.book()));
        drop(ended);
    }

    /// Where a connection to `remote` is to go; an error if it may not.
    pub(crate) fn route_connect(&self, remote: SocketAddr) -> Result<SocketAddr, Refused> {
        let destination = self.destination(Protocol::Tcp, remote);
        self.route(Use::Connect, Attempt::Connect(remote), remote, destination)
    }

    /// Where a TCP socket that the guest binds to `local` is to be bound; an error if it may not.
    pub(crate) fn route_bind(&self, local: SocketAddr) -> Result<SocketAddr, Refused> {
        self.route(Use::Bind, Attempt::Bind(Protocol::Tcp, local), local, self.local(Protocol::Tcp, local))
    }

    /// An address without a mapping is left to wasmtime to ask about.
    fn route(
        &self,
        used: Use,
        attempt: Attempt,
        wanted: SocketAddr,
        mapped: SocketAddr,
    ) -> Result<SocketAddr, Refused> {
        if mapped != wanted {
            self.check(attempt).map_err(|_| Refused)?;
            *locked(self.book()).approved.entry((used, plain(mapped))).or_default() += 1;
        } else if self.is_approved(used, wanted) {
            // Something is under way to the same address by a mapping. This is not, so it is judged here, too.
            self.check(attempt).map_err(|_| Refused)?;
        }
        Ok(mapped)
    }

    /// Whether a mapped address was allowed before, which counts once.
    pub(crate) fn take_approval(&self, used: Use, address: SocketAddr) -> bool {
        let mut book = locked(self.book());
        let Some(count) = book.approved.get_mut(&(used, plain(address))) else {
            return false;
        };
        *count -= 1;
        if *count == 0 {
            book.approved.remove(&(used, plain(address)));
        }
        true
    }

    fn is_approved(&self, used: Use, address: SocketAddr) -> bool {
        locked(self.book()).approved.contains_key(&(used, plain(address)))
    }
}

/// The policy does not allow it; the refusal was reported.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refused;

/// The kind of connection that a socket without a peer of its own choosing is.
pub(crate) fn connection(is_accepted: bool) -> Exceeded {
    if is_accepted { Exceeded::InboundConnections } else { Exceeded::OutboundConnections }
}

fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}
