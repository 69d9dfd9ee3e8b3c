//! Sockets that an operating system keeps: the seam to a network that has them.
//!
//! Beside [`Net`](crate::net::Net), over which the core itself is what a socket is, a network may have an operating
//! system's sockets. Their state is the kernel's then: the core keeps descriptors, modes and deadlines, and hands on
//! everything else.

use std::convert::Infallible;
use std::marker::PhantomData;
use std::net::IpAddr;

use crate::address::{Address, Family, Kind, Shutdown};
use crate::ancillary::Ancillary;
use crate::error::Result;
use crate::file::StandardStream;
use crate::message::{MessageFlags, Outgoing};
use crate::options::OptionValue;
use crate::polling::Events;
use crate::time::Deadline;

/// The sockets of an operating system.
///
/// A call that may wait takes its deadline; what was not possible by then is `EAGAIN`, or `EINPROGRESS` for a connection.
/// No call panics or traps.
pub trait System {
    /// A socket; dropping it closes it without ever waiting for the peer.
    type Socket;
    /// A name lookup in progress.
    type Lookup;
    /// Sockets that are waited for again and again, each under a token; what is dropped is not in it any more.
    type Set;

    /// `socket(2)`.
    fn create(&self, family: Family, kind: Kind, protocol: i32) -> Result<Self::Socket>;
    /// `socketpair(2)`.
    fn pair(&self, family: Family, kind: Kind, protocol: i32) -> Result<(Self::Socket, Self::Socket)>;
    /// `bind(2)`.
    fn bind(&self, socket: &Self::Socket, local: &Address) -> Result<()>;
    /// `connect(2)`, and waiting for it. A connection that is not complete at the deadline goes on: `EINPROGRESS`.
    fn connect(&self, socket: &Self::Socket, remote: &Address, deadline: Deadline) -> Result<()>;
    /// `listen(2)`.
    fn listen(&self, socket: &Self::Socket, backlog: u32) -> Result<()>;
    /// `accept(2)`.
    fn accept(&self, socket: &Self::Socket, deadline: Deadline) -> Result<(Self::Socket, Address)>;
    /// `recv(2)`: at most `max` bytes.
    fn receive(&self, socket: &Self::Socket, max: usize, flags: MessageFlags, deadline: Deadline) -> Result<Vec<u8>>;
    /// `recvmsg(2)`, with `room` for control messages.
    fn receive_message(
        &self,
        socket: &Self::Socket,
        max: usize,
        room: usize,
        flags: MessageFlags,
        deadline: Deadline,
    ) -> Result<SystemMessage<Self::Socket>>;
    /// `send(2)`: how much of `data` was taken.
    fn send(&self, socket: &Self::Socket, data: &[u8], flags: MessageFlags, deadline: Deadline) -> Result<usize>;
    /// `sendmsg(2)`.
    fn send_message(
        &self,
        socket: &Self::Socket,
        message: &Outgoing<'_, &Self::Socket>,
        flags: MessageFlags,
        deadline: Deadline,
    ) -> Result<usize>;
    /// `shutdown(2)`.
    fn shutdown(&self, socket: &Self::Socket, how: Shutdown) -> Result<()>;
    /// `getsockname(2)`.
    fn local_address(&self, socket: &Self::Socket) -> Result<Address>;
    /// `getpeername(2)`.
    fn peer_address(&self, socket: &Self::Socket) -> Result<Address>;
    /// `getsockopt(2)`, by Linux's numbers; structures are those of 64-bit Linux.
    fn option(&self, socket: &Self::Socket, level: i32, name: i32) -> Result<OptionValue>;
    /// `setsockopt(2)`, by Linux's numbers.
    fn set_option(&self, socket: &Self::Socket, level: i32, name: i32, value: &OptionValue) -> Result<()>;
    /// `poll(2)`: what each of `sources` is ready for, in their order; nothing at all at the deadline.
    fn poll(&self, sources: &[SystemSource<'_, Self>], deadline: Deadline) -> Result<Vec<Events>>;
    /// `epoll_create(2)`.
    fn create_set(&self) -> Result<Self::Set>;
    /// `epoll_ctl(2)`, `EPOLL_CTL_ADD`.
    fn add_to_set(&self, set: &Self::Set, token: u64, socket: &Self::Socket, events: Events) -> Result<()>;
    /// `epoll_ctl(2)`, `EPOLL_CTL_MOD`.
    fn modify_in_set(&self, set: &Self::Set, token: u64, events: Events) -> Result<()>;
    /// `epoll_ctl(2)`, `EPOLL_CTL_DEL`: `ENOENT` if nothing has the token.
    fn remove_from_set(&self, set: &Self::Set, token: u64) -> Result<()>;
    /// `epoll_wait(2)`: the tokens of at most `most`, with what each is ready for; none at the deadline.
    fn wait_for_set(&self, set: &Self::Set, most: u32, deadline: Deadline) -> Result<Vec<(u64, Events)>>;
    /// Starts to look up the names of an address.
    fn reverse_lookup(&self, address: IpAddr) -> Result<Self::Lookup>;
    /// `gethostname(2)`.
    fn host_name(&self) -> Result<String>;
    /// `sethostname(2)`.
    fn set_host_name(&self, name: &str) -> Result<()>;
    /// `if_nameindex(3)`.
    fn interfaces(&self) -> Result<Vec<(u32, String)>>;
}

/// Something to wait for.
pub enum SystemSource<'a, S: System + ?Sized> {
    /// A socket, and what is asked of it.
    Socket(&'a S::Socket, Events),
    /// A standard stream, and what is asked of it.
    Stream(StandardStream, Events),
    /// A lookup; it is readable when its answer is there.
    Lookup(&'a S::Lookup),
}

/// What [`System::receive_message`] yields.
#[derive(Debug)]
pub struct SystemMessage<S> {
    /// The bytes.
    pub data: Vec<u8>,
    /// Control messages other than descriptors.
    pub ancillary: Vec<Ancillary>,
    /// Sockets that came along.
    pub rights: Vec<S>,
    /// What the system says of the message.
    pub flags: MessageFlags,
    /// The sender, if the system names one.
    pub sender: Option<Address>,
    /// How long the message was before it was cut.
    pub length: usize,
}

/// The operating system of a network that has none; `L` is the network's lookup.
pub struct NoSystem<L> {
    never: Infallible,
    lookup: PhantomData<L>,
}

impl<L> System for NoSystem<L> {
    type Socket = Infallible;
    type Lookup = L;
    type Set = Infallible;

    fn create(&self, _: Family, _: Kind, _: i32) -> Result<Infallible> {
        match self.never {}
    }

    fn pair(&self, _: Family, _: Kind, _: i32) -> Result<(Infallible, Infallible)> {
        match self.never {}
    }

    fn bind(&self, _: &Infallible, _: &Address) -> Result<()> {
        match self.never {}
    }

    fn connect(&self, _: &Infallible, _: &Address, _: Deadline) -> Result<()> {
        match self.never {}
    }

    fn listen(&self, _: &Infallible, _: u32) -> Result<()> {
        match self.never {}
    }

    fn accept(&self, _: &Infallible, _: Deadline) -> Result<(Infallible, Address)> {
        match self.never {}
    }

    fn receive(&self, _: &Infallible, _: usize, _: MessageFlags, _: Deadline) -> Result<Vec<u8>> {
        match self.never {}
    }

    fn receive_message(
        &self,
        _: &Infallible,
        _: usize,
        _: usize,
        _: MessageFlags,
        _: Deadline,
    ) -> Result<SystemMessage<Infallible>> {
        match self.never {}
    }

    fn send(&self, _: &Infallible, _: &[u8], _: MessageFlags, _: Deadline) -> Result<usize> {
        match self.never {}
    }

    fn send_message(
        &self,
        _: &Infallible,
        _: &Outgoing<'_, &Infallible>,
        _: MessageFlags,
        _: Deadline,
    ) -> Result<usize> {
        match self.never {}
    }

    fn shutdown(&self, _: &Infallible, _: Shutdown) -> Result<()> {
        match self.never {}
    }

    fn local_address(&self, _: &Infallible) -> Result<Address> {
        match self.never {}
    }

    fn peer_address(&self, _: &Infallible) -> Result<Address> {
        match self.never {}
    }

    fn option(&self, _: &Infallible, _: i32, _: i32) -> Result<OptionValue> {
        match self.never {}
    }

    fn set_option(&self, _: &Infallible, _: i32, _: i32, _: &OptionValue) -> Result<()> {
        match self.never {}
    }

    fn poll(&self, _: &[SystemSource<'_, Self>], _: Deadline) -> Result<Vec<Events>> {
        match self.never {}
    }

    fn create_set(&self) -> Result<Infallible> {
        match self.never {}
    }

    fn add_to_set(&self, _: &Infallible, _: u64, _: &Infallible, _: Events) -> Result<()> {
        match self.never {}
    }

    fn modify_in_set(&self, _: &Infallible, _: u64, _: Events) -> Result<()> {
        match self.never {}
    }

    fn remove_from_set(&self, _: &Infallible, _: u64) -> Result<()> {
        match self.never {}
    }

    fn wait_for_set(&self, _: &Infallible, _: u32, _: Deadline) -> Result<Vec<(u64, Events)>> {
        match self.never {}
    }

    fn reverse_lookup(&self, _: IpAddr) -> Result<L> {
        match self.never {}
    }

    fn host_name(&self) -> Result<String> {
        match self.never {}
    }

    fn set_host_name(&self, _: &str) -> Result<()> {
        match self.never {}
    }

    fn interfaces(&self) -> Result<Vec<(u32, String)>> {
        match self.never {}
    }
}
