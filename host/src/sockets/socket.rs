//! One socket: how it begins, what it is called, and how it ends.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};

use socket2::SockAddr;

use super::address::{self, Named, named, written};
use super::bindings::wasocket::socket::types::{
    Address, AddressFamily, Errno, Error, ShutdownType, SocketType, UnixAddress,
};
use super::errors::{Answer, exceeded, os};
use super::open::{self, Family, Kind, Style};
use super::poll_set;
use super::state::{Counted, Sockets, locked};
use super::telling;
use super::under_way::Road;
use super::unix::Bound;
use super::waiting::{READ, Until, WRITE, Watched};
use crate::policy::{Buffered, Buffers, Exceeded, Held, Origin, Permit, Tracked, Way};

/// A socket of the operating system that a guest holds. Dropping it closes it.
#[expect(unreachable_pub, reason = "the generated code re-exports it")]
pub struct Socket {
    pub(super) inner: Watched<socket2::Socket>,
    pub(super) kind: Kind,
    pub(super) sockets: Arc<Sockets>,
    /// Its name among those of `AF_UNIX` that are this guest's own.
    name: Mutex<Option<Bound>>,
    /// The sets that wait for it.
    pub(super) watchers: Mutex<Vec<Weak<OwnedFd>>>,
    /// The peer of a connection, and what counts it.
    connection: Mutex<Option<Connection>>,
    /// Whether others than the guest can be on the other end of an `AF_UNIX` socket.
    outside: AtomicBool,
    /// What is told of it, if it is one of the internet.
    pub(super) tracked: Option<Tracked>,
    buffers: Mutex<Buffers>,
    /// Of an `AF_UNIX` socket. Dropped after the descriptor.
    _road: Option<Road>,
    _counted: Counted,
}

/// A connection, as long as its socket is open.
pub(super) struct Connection {
    pub(super) remote: SocketAddr,
    _permit: Permit,
    _held: Held,
}

impl Socket {
    /// `socket.socket(family, type, proto)`.
    pub(super) fn create(
        sockets: &Arc<Sockets>,
        family: AddressFamily,
        style: SocketType,
        protocol: u32,
    ) -> Answer<Self> {
        let (kind, protocol) = Kind::of(family, style, protocol)?;
        let counted = sockets.count_socket()?;
        let socket = open::socket(kind, protocol)?;
        Self::new(sockets, kind, socket, counted, Origin::New)
    }

    /// `socket.socketpair(family, type, proto)`.
    pub(super) fn pair(
        sockets: &Arc<Sockets>,
        family: AddressFamily,
        style: SocketType,
        protocol: u32,
    ) -> Answer<(Self, Self)> {
        let (kind, _) = Kind::of(family, style, protocol)?;
        let counted = (sockets.count_socket()?, sockets.count_socket()?);
        let (one, other) = open::pair(kind)?;
        let one = Self::new(sockets, kind, one, counted.0, Origin::New)?;
        Ok((one, Self::new(sockets, kind, other, counted.1, Origin::New)?))
    }

    fn new(
        sockets: &Arc<Sockets>,
        kind: Kind,
        socket: socket2::Socket,
        counted: Counted,
        origin: Origin,
    ) -> Answer<Self> {
        let buffers = Buffers::of(&sockets.network, &mut &socket)?;
        Ok(Self::with_buffers(sockets, kind, socket, counted, buffers, origin))
    }

    fn with_buffers(
        sockets: &Arc<Sockets>,
        kind: Kind,
        socket: socket2::Socket,
        counted: Counted,
        buffers: Buffers,
        origin: Origin,
    ) -> Self {
        let track = |protocol| sockets.network.track(protocol, true, origin);
        Self {
            inner: Watched::new(Arc::new(socket), sockets.thread),
            kind,
            sockets: Arc::clone(sockets),
            name: Mutex::default(),
            watchers: Mutex::default(),
            connection: Mutex::default(),
            outside: AtomicBool::new(false),
            tracked: kind.transport().map(track),
            buffers: Mutex::new(buffers),
            _road: (kind.family == Family::Unix).then(|| Road::open(&sockets.under_way)),
            _counted: counted,
        }
    }

    /// A socket that came with a message, if it is one of those that guests have.
    pub(super) fn received(sockets: &Arc<Sockets>, descriptor: OwnedFd) -> Option<Self> {
        let socket = socket2::Socket::from(descriptor);
        let family = match socket.domain().ok()? {
            socket2::Domain::IPV4 => Family::Inet,
            socket2::Domain::IPV6 => Family::Inet6,
            socket2::Domain::UNIX => Family::Unix,
            _ => return None,
        };
        let style = match socket.r#type().ok()? {
            socket2::Type::STREAM => Style::Stream,
            socket2::Type::DGRAM => Style::Datagram,
            socket2::Type::SEQPACKET => Style::SequentialPacket,
            _ => return None,
        };
        let counted = sockets.count_socket().ok()?;
        let remote = socket.peer_addr().ok().and_then(|peer| peer.as_socket());
        let origin = Origin::Received { local: telling::local(&socket), remote };
        let received = Self::new(sockets, Kind { family, style }, socket, counted, origin).ok()?;
        // Whoever sent it may have closed his own: it counts for itself, as one that the guest has made.
        if let Some(peer) = remote {
            *locked(&received.connection) = received.connection_to(peer, Exceeded::OutboundConnections).ok()?;
        }
        Some(received)
    }

    pub(super) fn system(&self) -> &socket2::Socket {
        self.inner.get()
    }

    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.inner.get().as_fd()
    }

    /// `socket.bind(address)`.
    pub(super) fn bind(&self, local: Address) -> Answer<()> {
        match named(local)? {
            Named::Internet(local) => {
                self.expect_internet()?;
                open::bind(self.asker(), self.kind, self.system(), local)?;
                self.tell(|tracked| tracked.bound(telling::local(self.system())));
                Ok(())
            }
            Named::Unix(name) => {
                self.expect_unix()?;
                let bound = open::bind_unix(&self.sockets.network, &self.sockets.names, self.system(), &name)?;
                if bound.is_outside() {
                    self.goes_outside();
                }
                *locked(&self.name) = Some(bound);
                Ok(())
            }
            Named::Nobody => Err(os(Errno::AddressFamilyNotSupported)),
        }
    }

    /// `socket.connect(address)`.
    pub(super) async fn connect(&self, remote: Address, until: Until) -> Answer<()> {
        match named(remote)? {
            Named::Internet(remote) => {
                self.expect_internet()?;
                self.connect_internet(remote, until).await
            }
            Named::Unix(name) => {
                self.expect_unix()?;
                self.connect_unix(&name, until).await
            }
            Named::Nobody => {
                open::disconnect(self.system())?;
                *locked(&self.connection) = None;
                self.tell(|tracked| tracked.alone(None));
                Ok(())
            }
        }
    }

    async fn connect_internet(&self, remote: SocketAddr, until: Until) -> Answer<()> {
        let connection = self.connection_to(remote, Exceeded::OutboundConnections)?;
        match open::connect(self.asker(), self.kind, self.system(), remote)? {
            Ok(()) => {
                *locked(&self.connection) = connection;
                self.tell(|tracked| tracked.connected(telling::local(self.system()), remote));
                Ok(())
            }
            Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => {
                *locked(&self.connection) = connection;
                self.tell(|tracked| tracked.connecting(remote));
                self.finish_connect(until).await
            }
            Err(error) => Err(error.into()),
        }
    }

    /// A listener whose backlog is full is the one thing to wait for, and the system does not say when it is over.
    async fn connect_unix(&self, name: &UnixAddress, until: Until) -> Answer<()> {
        let door = open::door(&self.sockets.network, &self.sockets.names, name)?;
        if door.is_outside() {
            self.goes_outside();
        }
        loop {
            match open::connect_through(self.system(), &door) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && until != Until::Now => {
                    let again = tokio::time::Instant::now() + BACKLOG_PAUSE;
                    match until {
                        Until::At(moment) if again.into_std() > moment => return Err(os(Errno::WouldBlock)),
                        Until::At(_) | Until::Never | Until::Now => tokio::time::sleep_until(again).await,
                    }
                }
                outcome => return Ok(outcome?),
            }
        }
    }

    /// Waits on for a connection that is in progress.
    ///
    /// As in a kernel, someone who does not wait takes no error: `SO_ERROR` and the next `connect` are to tell of it. Who waits
    /// for ever is in `connect(2)` itself, whose end lets a socket be used anew; who has a limit waits as with `poll(2)`.
    pub(super) async fn finish_connect(&self, until: Until) -> Answer<()> {
        let remote = locked(&self.connection).as_ref().map(|connection| connection.remote);
        let outcome = match (until, remote) {
            (Until::Now, _) => return Err(os(Errno::InProgress)),
            (Until::Never, Some(remote)) => {
                let again = |socket: &Arc<socket2::Socket>| self.connected_again(socket, remote);
                self.inner.attempt(WRITE, until, again).await
            }
            (Until::At(_) | Until::Never, _) => self.inner.attempt(WRITE, until, |socket| connected(socket)).await,
        };
        match outcome {
            Ok(()) => {
                self.is_through();
                Ok(())
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Err(os(Errno::InProgress)),
            Err(error) => {
                *locked(&self.connection) = None;
                self.has_failed(&error);
                Err(error.into())
            }
        }
    }

    /// Asks the system for a connection that it is making already: "would block" while it goes on.
    fn connected_again(&self, socket: &socket2::Socket, remote: SocketAddr) -> io::Result<()> {
        if !is_writable(socket)? {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        match open::connect_on(&self.sockets.network, self.kind, socket, remote) {
            Err(error) if error.raw_os_error() == Some(libc::EALREADY) => Err(io::ErrorKind::WouldBlock.into()),
            Err(error) if error.raw_os_error() == Some(libc::EISCONN) => Ok(()),
            outcome => outcome,
        }
    }

    /// `socket.listen(backlog)`.
    pub(super) fn listen(&self, backlog: u32) -> Answer<()> {
        let backlog = i32::try_from(backlog).unwrap_or(i32::MAX);
        open::listen(self.asker(), self.kind, self.system(), backlog)?;
        self.tell(|tracked| tracked.listening(telling::local(self.system())));
        Ok(())
    }

    /// `socket.accept()`.
    pub(super) async fn accept(&self, until: Until) -> Answer<(Self, Address)> {
        let counted = self.sockets.count_socket()?;
        let buffers = Buffers::like(&self.sockets.network, &mut self.system())?;
        let (socket, peer) = self.inner.attempt(READ, until, |socket| socket.accept_raw()).await?;
        socket.set_nonblocking(true)?;
        socket.set_cloexec(true)?;
        let remote = peer.as_socket();
        let connection = match remote {
            Some(remote) => self.connection_to(remote, Exceeded::InboundConnections)?,
            None => None,
        };
        let origin = Origin::Accepted { local: telling::local(&socket), remote };
        let accepted = Self::with_buffers(&self.sockets, self.kind, socket, counted, buffers, origin);
        if self.is_outside() {
            accepted.goes_outside();
        }
        accepted.count_connection(connection);
        let peer = self.address(&peer);
        Ok((accepted, peer))
    }

    /// What counts a connection of a stream to this peer.
    pub(super) fn connection_to(&self, remote: SocketAddr, kind: Exceeded) -> Answer<Option<Connection>> {
        if self.kind.style != Style::Stream {
            return Ok(None);
        }
        let permit = self.sockets.network.take(kind, 1).map_err(exceeded)?;
        Ok(Some(Connection { remote, _permit: permit, _held: self.sockets.network.hold(remote) }))
    }

    /// Counts a connection that has been opened by other means than `connect`.
    pub(super) fn count_connection(&self, connection: Option<Connection>) {
        *locked(&self.connection) = connection;
    }

    /// Others than the guest can be on the other end of this `AF_UNIX` socket from now on.
    pub(super) fn goes_outside(&self) {
        self.outside.store(true, Ordering::Relaxed);
    }

    /// Whether they can. Then sockets cannot travel over it: those of others are under no policy.
    pub(super) fn is_outside(&self) -> bool {
        self.outside.load(Ordering::Relaxed)
    }

    /// The guest has set the size of a buffer.
    pub(super) fn has_resized(&self, way: Way) -> Answer<()> {
        locked(&self.buffers).changed(&self.sockets.network, &mut self.system(), way)
    }

    /// `socket.shutdown(how)`.
    pub(super) fn shutdown(&self, how: ShutdownType) -> Answer<()> {
        let how = match how {
            ShutdownType::Read => std::net::Shutdown::Read,
            ShutdownType::Write => std::net::Shutdown::Write,
            ShutdownType::Both => std::net::Shutdown::Both,
        };
        Ok(self.system().shutdown(how)?)
    }

    /// `socket.getsockname()`.
    pub(super) fn getsockname(&self) -> Answer<Address> {
        Ok(self.address(&self.system().local_addr()?))
    }

    /// `socket.getpeername()`.
    pub(super) fn getpeername(&self) -> Answer<Address> {
        Ok(self.address(&self.system().peer_addr()?))
    }

    /// An address that the system names, as the guest knows it.
    pub(super) fn address(&self, address: &SockAddr) -> Address {
        match address.as_socket() {
            Some(internet) => written(internet),
            None if self.kind.family == Family::Unix => Address::Unix(self.sockets.names.name(address)),
            None => address::foreign(address),
        }
    }

    pub(super) fn expect_internet(&self) -> Answer<()> {
        if self.kind.is_internet() { Ok(()) } else { Err(os(Errno::InvalidArgument)) }
    }

    pub(super) fn expect_unix(&self) -> Answer<()> {
        if self.kind.is_internet() { Err(os(Errno::AddressFamilyNotSupported)) } else { Ok(()) }
    }

    /// Whether the policy lets this sender's datagram come in; what the system does not name, the guest has sent itself.
    pub(super) fn may_hear(&self, sender: Option<SocketAddr>) -> bool {
        sender.is_none_or(|sender| open::may_hear(self.asker(), sender))
    }
}

impl Buffered for &socket2::Socket {
    type Error = Error;

    fn size(&mut self, way: Way) -> Answer<u64> {
        let kept = match way {
            Way::In => self.recv_buffer_size(),
            Way::Out => self.send_buffer_size(),
        };
        // The system says what it keeps, which is twice what one sets.
        Ok(kept? as u64 / 2)
    }

    fn set_size(&mut self, way: Way, size: u64) -> Answer<()> {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let set = match way {
            Way::In => self.set_recv_buffer_size(size),
            Way::Out => self.set_send_buffer_size(size),
        };
        Ok(set?)
    }

    fn exceeded(count: Exceeded) -> Error {
        exceeded(count)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // A set would go on reporting a socket that is under way in a message, which is open still.
        for set in locked(&self.watchers).drain(..).filter_map(|set| set.upgrade()) {
            poll_set::forget(&set, self.system());
        }
    }
}

/// Whether a connection that was started is complete: its error if it failed, and "would block" while it is under way.
fn connected(socket: &socket2::Socket) -> io::Result<()> {
    if let Some(error) = socket.take_error()? {
        return Err(error);
    }
    if !is_writable(socket)? {
        return Err(io::ErrorKind::WouldBlock.into());
    }
    match socket.take_error()? {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

pub(super) fn is_writable(socket: &socket2::Socket) -> io::Result<bool> {
    let mut ready = [rustix::event::PollFd::new(socket, rustix::event::PollFlags::OUT)];
    let now = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
    Ok(rustix::event::poll(&mut ready, Some(&now))? > 0)
}

/// How soon to try again where the backlog of an `AF_UNIX` listener is full.
const BACKLOG_PAUSE: std::time::Duration = std::time::Duration::from_millis(2);
