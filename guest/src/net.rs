//! What the core needs from a network: the one seam between what a socket means and real I/O.

use std::net::IpAddr;
use std::time::Duration;

use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::file::StandardStream;
use crate::polling::Events;
pub use crate::sockets::stack::{Kernel, Stack, Userspace};
use crate::time::{Deadline, Moment};
pub use crate::transport::{Datagram, NetOption, Protocol, Transport};

/// What every network below the core has: a clock, names, and a way to wait. What it has beside is a [`Transport`], over which
/// the core keeps the state of sockets, or a [`System`](crate::system::System), whose kernel keeps it.
///
/// Every operation that may wait takes a [`Deadline`] and answers [`NetError::WouldBlock`] once that has passed; with
/// [`Deadline::Now`] it tries once. No operation panics or traps.
pub trait Network: Sized + 'static {
    /// A handle of a socket of this network; dropping the last one closes it without ever waiting for the peer.
    type Socket: Clone;
    /// A handle of a name lookup in progress; dropping the last one abandons it.
    type Lookup: Clone;
    /// Where the state of a socket is kept: [`Userspace`] or [`Kernel`].
    type Stack: Stack<Self>;

    /// Whether the program has files: standard streams, devices, a folder in which a relative path begins, and a way to remove
    /// the file that binding an `AF_UNIX` socket makes. Without, such a name is free again when its socket is closed.
    const HAS_FILES: bool = false;

    /// Whether the program may have several threads, which take turns: what is only in memory can then change during a wait.
    const HAS_THREADS: bool = false;
    /// Whether code of the program may run while a call waits, and change what is in memory: other threads, or handlers of signals.
    const MAY_CHANGE: bool = Self::HAS_THREADS;

    /// The monotonic clock.
    fn now(&self) -> Moment;

    /// `poll(2)`: waits until one of `interests` is ready or the deadline has passed; what each is ready for, in their order. With
    /// no interests it sleeps.
    ///
    /// A [`System`](crate::system::System) answers what its kernel does. A [`Transport`] answers `IN` for what can be read, or
    /// accepted, or fails, and `OUT` for room to send or a connection that is complete or has failed: `OUT` is exact, `IN` may
    /// be spurious, so the core reads ahead before it reports it.
    ///
    /// # Errors
    /// What the network could not ask.
    ///
    /// Where the program [may change](Network::MAY_CHANGE) meanwhile, it may find nothing before the deadline.
    fn poll(&self, interests: &[Interest<'_, Self>], deadline: Deadline) -> Result<Vec<Events>>;

    /// Whether there are other threads now, which are to go on while this one waits.
    fn are_others(&self) -> bool {
        false
    }

    /// Lets other threads run until one of `interests` may be ready, another one has [changed](Network::changed_at) something
    /// about it, or `deadline` has passed.
    fn wait_among_others(&self, _interests: &[Interest<'_, Self>], _deadline: Deadline) {}

    /// What is known of `source` here has changed: another thread that waits for it is to look.
    fn changed_at(&self, _source: &Source<'_, Self>) {}

    /// Waits until another thread may have [changed](Network::changed) something in memory, or the handler of a signal, or
    /// `deadline` has passed; false if there is nobody who could.
    ///
    /// # Errors
    /// `EINTR`: a handler ends the call.
    fn wait_for_change(&self, _deadline: Deadline) -> Result<bool> {
        Ok(false)
    }

    /// Something in memory has changed that another thread may wait for.
    fn changed(&self) {}

    /// Starts to look up the addresses of `name`, which is ASCII (IDNA has been applied) and not a literal address.
    fn lookup(&self, name: &str) -> NetResult<Self::Lookup>;
    /// Waits for a lookup; the addresses come in the order of the host's resolver. To be called until it answers.
    fn finish_lookup(&self, lookup: &mut Self::Lookup, deadline: Deadline) -> NetResult<Found>;

    /// Reads at most `max` bytes, at least 1, of a standard stream; none at its end. A network that comes without the rest
    /// of a command has no streams.
    fn read_stream(&self, _stream: StandardStream, _max: usize, _deadline: Deadline) -> NetResult<Vec<u8>> {
        Err(NetError::Errno(Errno::EBADF))
    }

    /// Writes to a standard stream; how many bytes it took, at least 1.
    fn write_stream(&self, _stream: StandardStream, _data: &[u8], _deadline: Deadline) -> NetResult<usize> {
        Err(NetError::Errno(Errno::EBADF))
    }

    /// `HOSTNAME` of the program's environment, if it has one.
    fn host_name_variable(&self) -> Option<String> {
        None
    }

    /// `os.getcwd()`, where there are files; the root, if it is unknown.
    fn working_folder(&self) -> Option<Vec<u8>> {
        None
    }

    /// Whether a standard stream is a terminal.
    fn is_terminal(&self, _stream: StandardStream) -> bool {
        false
    }

    /// So many random bytes, fit for keys.
    fn random_bytes(&self, _count: usize) -> NetResult<Vec<u8>> {
        Err(NetError::Errno(Errno::ENODEV))
    }

    /// Waits until what was handed over for sending on sockets already dropped has left, or `patience` has run out since
    /// the last progress; whether all of it left.
    fn drain(&self, patience: Duration) -> bool;
}

/// What a lookup finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The canonical name of the host, if the network reports it.
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

/// What [`Network::poll`] is to wait for.
pub struct Interest<'a, N: Network> {
    /// The thing that may become ready.
    pub source: Source<'a, N>,
    /// What it is to be ready for.
    pub events: Events,
}

/// Something that can become ready.
pub enum Source<'a, N: Network> {
    /// A socket.
    Socket(&'a N::Socket),
    /// A standard stream.
    Stream(StandardStream),
    /// A lookup; it can be read when [`Network::finish_lookup`] would answer.
    Lookup(&'a N::Lookup),
}

/// A result of a network.
pub type NetResult<T> = std::result::Result<T, NetError>;

/// Why a network did not do it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NetError {
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

impl NetError {
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
