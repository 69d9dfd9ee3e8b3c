//! What the core needs from a network: the one seam between a socket's meaning and real I/O.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::address::{IpFamily, Shutdown};
use crate::errno::Errno;
use crate::error::Error;
use crate::file::StandardStream;
use crate::system::System;
use crate::time::{Deadline, Moment};

/// A network below the core: `wasi:sockets`, our own host, or a script in a test.
///
/// The shape is that of WASI 0.3: no network handle, no start and finish pairs, errors where they arise. Every operation
/// that may wait takes a [`Deadline`] and answers [`Refusal::WouldBlock`] once that has passed; with [`Deadline::Now`] it
/// tries once. No operation panics or traps, whatever state the socket or its peer is in.
pub trait Net {
    /// A socket of this network; dropping it closes it without ever waiting for the peer.
    type Socket;
    /// A name lookup in progress; dropping it abandons it.
    type Lookup;
    /// The operating system whose sockets this network has, if it has them; [`NoSystem`](crate::system::NoSystem) if not.
    type System: System<Lookup = Self::Lookup>;

    /// Whether the program has files: standard streams, devices, a folder in which a relative path begins, and a way to remove
    /// the file that binding an `AF_UNIX` socket makes. Without, such a name is free again when its socket is closed.
    const HAS_FILES: bool = false;

    /// The operating system of this network. If there is one, all sockets are its own, and none is ever opened here.
    fn system(&self) -> Option<&Self::System> {
        None
    }

    /// The monotonic clock.
    fn now(&self) -> Moment;

    /// Opens a socket that is neither bound nor connected.
    fn open(&self, family: IpFamily, transport: Transport) -> NetResult<Self::Socket>;
    /// Binds to a local address; port 0 picks one.
    fn bind(&self, socket: &Self::Socket, local: SocketAddr) -> NetResult<()>;
    /// TCP: starts a connection and waits for it. `WouldBlock` means that it goes on; see [`Net::finish_connect`].
    /// After any other failure the socket is of no more use and is to be dropped.
    ///
    /// UDP: sets the peer, or takes a new one; never waits.
    fn connect(&self, socket: &Self::Socket, remote: SocketAddr, deadline: Deadline) -> NetResult<()>;
    /// TCP: waits for a connection that [`Net::connect`] started.
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

    /// Waits until one of `interests` is ready or the deadline has passed; answers in their order.
    ///
    /// Readiness to write is exact; readiness to read may be spurious, so the core reads ahead before it tells a program.
    /// With no interests it sleeps.
    fn poll(&self, interests: &[Interest<'_, Self>], deadline: Deadline) -> Vec<Readiness>;

    /// Starts to look up the addresses of `name`, which is ASCII (IDNA has been applied) and not a literal address.
    fn lookup(&self, name: &str) -> NetResult<Self::Lookup>;
    /// Waits for a lookup; the addresses come in the order of the host's resolver. To be called until it answers.
    fn finish_lookup(&self, lookup: &mut Self::Lookup, deadline: Deadline) -> NetResult<Found>;

    /// Reads at most `max` bytes, at least 1, of a standard stream; none at its end. A network that comes without the rest
    /// of a command has no streams.
    fn read_stream(&self, _stream: StandardStream, _max: usize, _deadline: Deadline) -> NetResult<Vec<u8>> {
        Err(Refusal::Errno(Errno::EBADF))
    }

    /// Writes to a standard stream; how many bytes it took, at least 1.
    fn write_stream(&self, _stream: StandardStream, _data: &[u8], _deadline: Deadline) -> NetResult<usize> {
        Err(Refusal::Errno(Errno::EBADF))
    }

    /// `os.getcwd()`, where there are files; the root, if it cannot be told.
    fn working_folder(&self) -> Option<Vec<u8>> {
        None
    }

    /// Whether a standard stream is a terminal.
    fn is_terminal(&self, _stream: StandardStream) -> bool {
        false
    }

    /// So many random bytes, fit for keys.
    fn random_bytes(&self, _count: usize) -> NetResult<Vec<u8>> {
        Err(Refusal::Errno(Errno::ENODEV))
    }

    /// Waits until what was handed over for sending on sockets already dropped has left, or `patience` has run out since
    /// the last progress; whether all of it left.
    fn drain(&self, patience: Duration) -> bool;
}

/// What a lookup finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The canonical name of the host, if the network tells it.
    pub canonical_name: Option<String>,
    /// Other names.
    pub aliases: Vec<String>,
    /// The addresses, in the order of the resolver.
    pub addresses: Vec<IpAddr>,
}

impl From<Vec<IpAddr>> for Found {
    fn from(addresses: Vec<IpAddr>) -> Self {
        Self { addresses, ..Self::default() }
    }
}

/// A transport protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transport {
    /// TCP.
    Tcp,
    /// UDP.
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

/// What [`Net::poll`] is to wait for.
pub struct Interest<'a, N: Net + ?Sized> {
    /// The thing that may become ready.
    pub source: Source<'a, N>,
    /// Wait until it can be read: data, a connection to accept, the end of the stream, an error, or a lookup's answer.
    pub read: bool,
    /// Wait until it can be written: room to send, or a connection that is complete or has failed.
    pub write: bool,
}

/// Something that can become ready.
pub enum Source<'a, N: Net + ?Sized> {
    /// A socket.
    Socket(&'a N::Socket),
    /// A standard stream.
    Stream(StandardStream),
    /// A lookup; it is ready to read when [`Net::finish_lookup`] would answer.
    Lookup(&'a N::Lookup),
}

/// What [`Net::poll`] found of one interest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    /// It can be read without waiting.
    pub read: bool,
    /// It can be written without waiting.
    pub write: bool,
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

/// A result of a network.
pub type NetResult<T> = Result<T, Refusal>;

/// Why a network did not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not before the deadline.
    WouldBlock,
    /// WASI's reason; the errno table says what POSIX calls it for this operation.
    Code(ErrorCode),
    /// POSIX's own reason, from a network that knows it.
    Errno(Errno),
    /// The whole error, from a network that knows what it means to a program.
    Error(Error),
    /// A reason without a name, in the network's words.
    Other(String),
}

impl Refusal {
    /// Whether a peer gave up a connection before it was accepted.
    pub(crate) fn is_lost_connection(&self) -> bool {
        matches!(self, Self::Code(ErrorCode::ConnectionAborted | ErrorCode::ConnectionReset))
    }
}

/// WASI's error codes (`wasi:sockets/network.error-code`), without those that only its start and finish pairs need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "wasi:sockets/network documents them")]
pub enum ErrorCode {
    Unknown,
    AccessDenied,
    NotSupported,
    InvalidArgument,
    OutOfMemory,
    Timeout,
    ConcurrencyConflict,
    InvalidState,
    NewSocketLimit,
    AddressNotBindable,
    AddressInUse,
    RemoteUnreachable,
    ConnectionRefused,
    ConnectionReset,
    ConnectionAborted,
    DatagramTooLarge,
    NameUnresolvable,
    TemporaryResolverFailure,
    PermanentResolverFailure,
    /// A stream of a connection that is no more: POSIX's `EPIPE`.
    BrokenPipe,
}
