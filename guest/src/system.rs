//! Sockets that an operating system keeps: the seam to a network that has them.
//!
//! Their state is the kernel's: the core keeps descriptors, modes and deadlines, and hands on everything else.

use std::net::IpAddr;

use crate::address::{Address, Family, Kind, Shutdown};
use crate::ancillary::Ancillary;
use crate::error::Result;
use crate::message::{MessageFlags, Outgoing};
use crate::net::{Interest, Kernel, Network};
use crate::options::OptionValue;
use crate::polling::{Events, Trigger};
use crate::time::Deadline;

/// The sockets of an operating system. Its [`Network::Stack`] is [`Kernel`].
///
/// A call that may wait takes its deadline; what was not possible by then is `EAGAIN`, or `EINPROGRESS` for a connection.
/// No call panics or traps.
pub trait System: Network<Stack = Kernel> {
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
    /// `epoll_create(2)`.
    fn create_set(&self) -> Result<Self::Set>;
    /// `epoll_ctl(2)`, `EPOLL_CTL_ADD`: `EEXIST` if the token is in use or the socket is in the set.
    fn add_to_set(
        &self,
        set: &Self::Set,
        token: u64,
        socket: &Self::Socket,
        events: Events,
        trigger: Trigger,
    ) -> Result<()>;
    /// The same for a lookup, which can be read when its answer is there.
    fn add_lookup_to_set(&self, set: &Self::Set, token: u64, lookup: &Self::Lookup, trigger: Trigger) -> Result<()>;
    /// `epoll_ctl(2)`, `EPOLL_CTL_MOD`: `ENOENT` if nothing has the token.
    fn modify_in_set(&self, set: &Self::Set, token: u64, events: Events, trigger: Trigger) -> Result<()>;
    /// `epoll_ctl(2)`, `EPOLL_CTL_DEL`: `ENOENT` if nothing has the token.
    fn remove_from_set(&self, set: &Self::Set, token: u64) -> Result<()>;
    /// `epoll_wait(2)`: the tokens of at most `most`, with what each is ready for; none at the deadline, or when something of
    /// `beside` is ready.
    fn wait_for_set(
        &self,
        set: &Self::Set,
        most: u32,
        beside: &[Interest<'_, Self>],
        deadline: Deadline,
    ) -> Result<Vec<(u64, Events)>>;
    /// Starts to look up the names of an address.
    fn reverse_lookup(&self, address: IpAddr) -> Result<Self::Lookup>;
    /// `gethostname(2)`.
    fn host_name(&self) -> Result<String>;
    /// `sethostname(2)`.
    fn set_host_name(&self, name: &str) -> Result<()>;
    /// `if_nameindex(3)`.
    fn interfaces(&self) -> Result<Vec<(u32, String)>>;
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
