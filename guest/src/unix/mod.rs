//! `AF_UNIX` inside one program: connections, datagrams and names in memory, with the meaning that Linux gives them.
//!
//! `R` is what travels with a message: descriptors.
//!
//! # References
//! - <https://man7.org/linux/man-pages/man7/unix.7.html>

mod backlog;
mod connection;
mod names;
mod pipe;
mod queue;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use self::backlog::Backlog;
use self::connection::{Connection, send_message};
pub(crate) use self::names::Names;
use self::names::{Bound, Owner};
pub(crate) use self::pipe::Pipe;
pub(crate) use self::queue::Message;
use self::queue::{MESSAGE_OVERHEAD, Queue};
use crate::address::{Address, Kind, Shutdown, UnixAddress};
use crate::errno::Errno;
use crate::error::Result;
use crate::message::{MessageFlags, Received};
use crate::net::{Network, Transport};
use crate::polling::Events;
use crate::sockets::{Attributes, Description, Endpoint, Rights};
use crate::status::Status;
use crate::waiting::Wait;

/// An `AF_UNIX` socket.
pub struct Unix<R: Clone> {
    kind: Kind,
    names: Rc<Names<R>>,
    local: RefCell<UnixAddress>,
    /// The owner by which this socket got its name; an accepted one only shows its listener's.
    owner: Cell<Option<Owner>>,
    state: RefCell<State<R>>,
}

/// What it is an end of.
enum State<R: Clone> {
    /// A stream that is not connected: from `socket()` until `connect()` or `listen()`.
    Unconnected,
    /// A stream that is connected, until it is closed.
    Connected(Connection<R>),
    /// From `listen()` on.
    Listening(Rc<Backlog<R>>),
    /// A datagram socket, from `socket()` on.
    Datagrams { inbound: Rc<Queue<R>>, peer: Option<Peer<R>> },
}

/// The only peer that a datagram socket receives from, and its default destination.
struct Peer<R> {
    name: UnixAddress,
    queue: Rc<Queue<R>>,
}

impl<R: Clone> Unix<R> {
    pub(crate) fn open(kind: Kind, names: &Rc<Names<R>>) -> Self {
        let state = match kind {
            Kind::Stream | Kind::SequentialPacket => State::Unconnected,
            Kind::Datagram | Kind::Raw => State::Datagrams { inbound: Rc::default(), peer: None },
        };
        Self::in_state(kind, names, state)
    }

    /// Two connected sockets without names.
    pub(crate) fn pair(kind: Kind, names: &Rc<Names<R>>) -> [Self; 2] {
        let unnamed = UnixAddress::Unnamed;
        match kind {
            Kind::Stream | Kind::SequentialPacket => {
                let (first, second) = Connection::pair(kind, unnamed.clone(), unnamed);
                let end = |connection| Self::in_state(kind, names, State::Connected(connection));
                [end(first), end(second)]
            }
            Kind::Datagram | Kind::Raw => {
                let (one, other) = (Rc::new(Queue::default()), Rc::new(Queue::default()));
                let peer = |queue: &Rc<Queue<R>>| Some(Peer { name: UnixAddress::Unnamed, queue: Rc::clone(queue) });
                let first = State::Datagrams { inbound: Rc::clone(&one), peer: peer(&other) };
                let second = State::Datagrams { inbound: other, peer: peer(&one) };
                [Self::in_state(kind, names, first), Self::in_state(kind, names, second)]
            }
        }
    }

    fn in_state(kind: Kind, names: &Rc<Names<R>>, state: State<R>) -> Self {
        Self {
            kind,
            names: Rc::clone(names),
            local: RefCell::new(UnixAddress::Unnamed),
            owner: Cell::new(None),
            state: RefCell::new(state),
        }
    }

    /// The next message; `None` at the end.
    fn next_message<N: Network>(
        &self,
        net: &N,
        max: usize,
        flags: MessageFlags,
        wait: Wait,
    ) -> Result<Option<Message<R>>> {
        match &*self.state.borrow() {
            State::Unconnected | State::Listening(_) if self.kind == Kind::Stream => Err(Errno::EINVAL.into()),
            State::Unconnected | State::Listening(_) => Err(Errno::ENOTCONN.into()),
            State::Connected(connection) => connection.receive(net, max, flags, wait),
            State::Datagrams { inbound, .. } => match inbound.take_message(flags.contains(MessageFlags::PEEK)) {
                // On Linux this ends a wait, and is nothing to a call that does not wait.
                None if inbound.refused.get() && wait.is_blocking() => Ok(None),
                None => Err(wait.in_vain(net)),
                message => Ok(message),
            },
        }
    }
}

impl<N: Transport> Endpoint<N> for Unix<Rights<N>> {
    fn bind(&self, _: &N, local: &Address) -> Result<()> {
        let name = local.expect_unix()?;
        if *self.local.borrow() != UnixAddress::Unnamed {
            return Err(Errno::EINVAL.into());
        }
        let bound = match &*self.state.borrow() {
            State::Datagrams { inbound, .. } => Bound::Datagrams(Rc::downgrade(inbound)),
            State::Unconnected | State::Connected(_) | State::Listening(_) => Bound::Idle,
        };
        let (name, owner) = self.names.bind(name, self.kind, bound)?;
        self.local.replace(name);
        self.owner.set(Some(owner));
        Ok(())
    }

    fn connect(&self, net: &N, remote: &Address, wait: Wait) -> Result<()> {
        let remote = remote.expect_unix()?;
        let mut state = self.state.borrow_mut();
        match &mut *state {
            State::Connected(_) => Err(Errno::EISCONN.into()),
            State::Listening(_) => Err(Errno::EINVAL.into()),
            State::Datagrams { peer, .. } => {
                *peer = Some(Peer { name: remote.clone(), queue: self.names.datagrams(remote)? });
                Ok(())
            }
            State::Unconnected => {
                let listener = self.names.listener(remote, self.kind)?;
                if !listener.has_room() {
                    return Err(wait.in_vain(net));
                }
                let local = self.local.borrow().clone();
                let (ours, theirs) = Connection::pair(self.kind, local, listener.name.clone());
                listener.push(theirs);
                *state = State::Connected(ours);
                Ok(())
            }
        }
    }

    fn listen(&self, _: &N, backlog: u32) -> Result<()> {
        let limit = usize::try_from(backlog).unwrap_or(usize::MAX);
        let local = self.local.borrow().clone();
        let mut state = self.state.borrow_mut();
        match &*state {
            State::Datagrams { .. } => Err(Errno::EOPNOTSUPP.into()),
            State::Listening(backlog) => {
                backlog.set_limit(limit);
                Ok(())
            }
            State::Unconnected if local != UnixAddress::Unnamed => {
                let backlog = Rc::new(Backlog::new(local.clone(), limit));
                if let Some(owner) = self.owner.get() {
                    self.names.replace(&local, owner, Bound::Listener(Rc::downgrade(&backlog)));
                }
                *state = State::Listening(backlog);
                Ok(())
            }
            State::Unconnected | State::Connected(_) => Err(Errno::EINVAL.into()),
        }
    }

    fn accept(&self, net: &N, like: &Attributes, wait: Wait) -> Result<(Rights<N>, Address)> {
        match &*self.state.borrow() {
            State::Datagrams { .. } => Err(Errno::EOPNOTSUPP.into()),
            State::Unconnected | State::Connected(_) => Err(Errno::EINVAL.into()),
            State::Listening(backlog) => {
                let connection = backlog.pop().ok_or_else(|| wait.in_vain(net))?;
                let peer = connection.peer.clone();
                let accepted = Self::in_state(self.kind, &self.names, State::Connected(connection));
                accepted.local.replace(backlog.name.clone());
                let attributes = Attributes::new(like.family, like.kind, 0);
                Ok((Description::open(attributes, accepted), Address::Unix(peer)))
            }
        }
    }

    fn receive(
        &self,
        net: &N,
        (max, _): (usize, usize),
        flags: MessageFlags,
        wait: Wait,
    ) -> Result<(Received, Vec<Rights<N>>)> {
        if max == 0 && self.kind == Kind::Stream {
            // `recv(0)` blocks until data arrives and consumes none, as on Linux.
            self.next_message(net, 1, MessageFlags::PEEK, wait)?;
            return Ok((Received::stream(Vec::new()), Vec::new()));
        }
        let Some(Message { data, from, rights }) = self.next_message(net, max, flags, wait)? else {
            return Ok((Received::stream(Vec::new()), Vec::new()));
        };
        // A sender without a name has no address at all: `None` in Python.
        let from = Some(from).filter(|from| *from != UnixAddress::Unnamed).map(Address::Unix);
        Ok((Received::message(data, from, max), rights))
    }

    fn send(&self, net: &N, data: &[u8], rights: &[Rights<N>], to: Option<&Address>, wait: Wait) -> Result<usize> {
        let to = to.map(Address::expect_unix).transpose()?;
        let message = Message { data: data.to_vec(), from: self.local.borrow().clone(), rights: rights.to_vec() };
        match &mut *self.state.borrow_mut() {
            State::Connected(_) if to.is_some() && self.kind == Kind::Stream => Err(Errno::EISCONN.into()),
            State::Connected(connection) => connection.send(net, message, wait),
            State::Unconnected | State::Listening(_) if to.is_some() && self.kind == Kind::Stream => {
                Err(Errno::EOPNOTSUPP.into())
            }
            State::Unconnected | State::Listening(_) => Err(Errno::ENOTCONN.into()),
            State::Datagrams { inbound, peer } => {
                let queue = match (to, &*peer) {
                    (Some(to), _) => self.names.datagrams(to)?,
                    (None, Some(peer)) => Rc::clone(&peer.queue),
                    (None, None) => return Err(Errno::ENOTCONN.into()),
                };
                if inbound.ended.get() {
                    return Err(Errno::EPIPE.into());
                }
                if queue.receiver_gone.get() {
                    // A socket that is connected to it reports this once, and has no peer from then on.
                    peer.take_if(|peer| Rc::ptr_eq(&peer.queue, &queue));
                    return Err(Errno::ECONNREFUSED.into());
                }
                if queue.refused.get() {
                    return Err(Errno::EPIPE.into());
                }
                send_message(&queue, net, message, wait)
            }
        }
    }

    fn shutdown(&self, _: &N, how: Shutdown) -> Result<()> {
        match &*self.state.borrow() {
            // Linux takes note of it and has nothing to do.
            State::Unconnected | State::Listening(_) => {}
            State::Connected(connection) => connection.shutdown(how),
            State::Datagrams { inbound, .. } => {
                inbound.refused.set(inbound.refused.get() || how.reads());
                inbound.ended.set(inbound.ended.get() || how.writes());
            }
        }
        Ok(())
    }

    fn take_rights(&self) -> Vec<Rights<N>> {
        match &*self.state.borrow() {
            State::Unconnected => Vec::new(),
            State::Connected(connection) => connection.take_rights(),
            State::Listening(backlog) => backlog.take_rights(),
            State::Datagrams { inbound, .. } => inbound.take_rights(),
        }
    }

    fn local_address(&self, _: &N) -> Result<Address> {
        Ok(Address::Unix(self.local.borrow().clone()))
    }

    fn peer_address(&self, _: &N) -> Result<Address> {
        match &*self.state.borrow() {
            State::Connected(connection) => Ok(Address::Unix(connection.peer.clone())),
            State::Datagrams { peer: Some(peer), .. } => Ok(Address::Unix(peer.name.clone())),
            State::Unconnected | State::Listening(_) | State::Datagrams { peer: None, .. } => {
                Err(Errno::ENOTCONN.into())
            }
        }
    }

    fn is_connected_here(&self) -> bool {
        matches!(&*self.state.borrow(), State::Connected(_) | State::Datagrams { peer: Some(_), .. })
    }

    fn is_listening(&self) -> bool {
        matches!(&*self.state.borrow(), State::Listening(_))
    }

    fn status(&self, _: Events) -> Status {
        match &*self.state.borrow() {
            State::Unconnected => Status::known(Events::WRITABLE_MESSAGES.union(Events::HUP)),
            State::Connected(connection) => connection.status(),
            State::Listening(backlog) => Status::known(Events::empty().with_if(!backlog.is_empty(), Events::READABLE)),
            State::Datagrams { inbound, peer } => {
                let shut = inbound.refused.get();
                let room = peer.as_ref().is_none_or(|peer| peer.queue.room() > MESSAGE_OVERHEAD);
                let events = Events::empty()
                    .with_if(!inbound.is_empty() || shut, Events::READABLE)
                    .with_if(room, Events::WRITABLE_MESSAGES)
                    .with_if(shut, Events::RDHUP)
                    .with_if(shut && inbound.ended.get(), Events::HUP);
                Status::known(events)
            }
        }
    }
}

impl<R: Clone> Drop for Unix<R> {
    fn drop(&mut self) {
        if let Some(owner) = self.owner.get() {
            self.names.remove(&self.local.borrow(), owner);
        }
        match self.state.get_mut() {
            State::Listening(backlog) => backlog.clear(),
            State::Datagrams { inbound, .. } => {
                inbound.receiver_gone.set(true);
                inbound.clear();
            }
            State::Unconnected | State::Connected(_) => {}
        }
    }
}
