//! A network of TCP connections and UDP datagrams: the core itself is what a socket is above it.

use std::net::SocketAddr;

use crate::address::{IpFamily, Shutdown};
use crate::net::{NetResult, Network, Userspace};
use crate::time::Deadline;

/// TCP and UDP below the core: `wasi:sockets`, or a script in a test. Its [`Network::Stack`] is
/// [`Userspace`].
///
/// The shape is that of WASI 0.3: no network handle, no start and finish pairs, errors where they arise. Every operation
/// that may wait takes a [`Deadline`] and answers [`NetError::WouldBlock`](crate::net::NetError::WouldBlock) once that has
/// passed; with [`Deadline::Now`] it tries once. No operation panics or traps, whatever state the socket or its peer is in.
pub trait Transport: Network<Stack = Userspace> {
    /// Opens a socket that is neither bound nor connected.
    fn open(&self, family: IpFamily, protocol: Protocol) -> NetResult<Self::Socket>;
    /// Binds to a local address; port 0 picks one.
    fn bind(&self, socket: &Self::Socket, local: SocketAddr) -> NetResult<()>;
    /// TCP: starts a connection and waits for it. `WouldBlock` means that it goes on; see [`Transport::finish_connect`].
    /// After any other failure the socket is of no more use and is to be dropped.
    ///
    /// UDP: sets the peer, or takes a new one; never waits.
    fn connect(&self, socket: &Self::Socket, remote: SocketAddr, deadline: Deadline) -> NetResult<()>;
    /// TCP: waits for a connection that [`Transport::connect`] started.
    fn finish_connect(&self, socket: &Self::Socket, deadline: Deadline) -> NetResult<()>;
    /// TCP: listens on a bound socket, or changes the backlog of one that listens. `backlog` is at least 1.
    fn listen(&self, socket: &Self::Socket, backlog: u32) -> NetResult<()>;
    /// TCP: takes the next connection. The address is `None` if the peer has gone in the meantime.
    fn accept(&self, socket: &Self::Socket, deadline: Deadline) -> NetResult<(Self::Socket, Option<SocketAddr>)>;
    /// TCP: takes at most `max` (more than 0) bytes; an empty vector is the end of the stream.
    fn receive(&self, socket: &Self::Socket, max: usize, deadline: Deadline) -> NetResult<Vec<u8>>;
    /// TCP: hands over some of `data` (not empty) and says how much.
    fn send(&self, socket: &Self::Socket, data: &[u8], deadline: Deadline) -> NetResult<usize>;
    /// TCP: shuts down one half or both of a connection.
    fn shutdown(&self, socket: &Self::Socket, how: Shutdown) -> NetResult<()>;
    /// UDP: takes the next datagram, whole. The socket is bound.
    fn receive_from(&self, socket: &Self::Socket, deadline: Deadline) -> NetResult<Datagram>;
    /// UDP: sends one datagram, to `remote` or to the connected peer. The socket is bound.
    fn send_to(
        &self,
        socket: &Self::Socket,
        data: &[u8],
        remote: Option<SocketAddr>,
        deadline: Deadline,
    ) -> NetResult<()>;
    /// The local address; only asked of a socket that is bound, listening or connected.
    fn local_address(&self, socket: &Self::Socket) -> NetResult<SocketAddr>;
    /// The peer's address; only asked of a socket that is connected.
    fn peer_address(&self, socket: &Self::Socket) -> NetResult<SocketAddr>;
    /// Reads an option.
    fn option(&self, socket: &Self::Socket, option: NetOption) -> NetResult<u64>;
    /// Sets an option.
    fn set_option(&self, socket: &Self::Socket, option: NetOption, value: u64) -> NetResult<()>;
}

/// A transport protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// `IPPROTO_TCP`.
    Tcp,
    /// `IPPROTO_UDP`.
    Udp,
}

/// One datagram and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// Its payload, whole.
    pub data: Vec<u8>,
    /// The sender.
    pub from: SocketAddr,
}

/// An option that a network itself keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NetOption {
    /// `SO_KEEPALIVE`: 0 or 1. TCP.
    KeepAlive,
    /// `TCP_KEEPIDLE`, in nanoseconds.
    KeepIdle,
    /// `TCP_KEEPINTVL`, in nanoseconds.
    KeepInterval,
    /// `TCP_KEEPCNT`.
    KeepCount,
    /// `IP_TTL` and `IPV6_UNICAST_HOPS`.
    HopLimit,
    /// `SO_RCVBUF`, in bytes as set (Linux reads back the double).
    ReceiveBuffer,
    /// `SO_SNDBUF`, in bytes as set.
    SendBuffer,
}
