//! One socket: how it begins, what it is called, and how it ends.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, Weak};

use socket2::SockAddr;

use super::address::{self, Named, local, named, written};
use super::descriptors::Descriptor;
use super::errors::{HostResult, denied, exceeded, os};
use super::in_flight::InFlightGuard;
use super::kind::{Family, Kind, Style};
use super::open;
use super::shared::Shared;
use super::state::Sockets;
use super::system;
use super::types::{Address, AddressFamily, Errno, Error, ShutdownType, SocketType, UnixAddress};
use super::unix::Bound;
use super::waiting::{HostDeadline, READ, Watched};
use crate::accounting::account::{Connection, SocketAccount};
use crate::accounting::buffers::{Buffered, Buffers, Way};
use crate::accounting::quota::QuotaExceeded;
use crate::accounting::record::Origin;
use crate::network::{AddressAttempt, Admitted};
use crate::sync::locked;

/// A handle of a socket of the operating system. The system closes it with the last one.
#[expect(unreachable_pub, reason = "the generated code re-exports it")]
pub struct Socket {
    pub(super) inner: Watched<socket2::Socket>,
    pub(super) sockets: Arc<Sockets>,
    /// What is known of the socket itself. Dropped after the descriptor.
    shared: Arc<Shared>,
    /// Whether a signal has ended a call that waited for a connection.
    pub(super) is_interrupted: AtomicBool,
    /// The sets that wait for it.
    pub(super) watchers: Mutex<Vec<Weak<OwnedFd>>>,
    /// Of an `AF_UNIX` socket.
    _in_flight: Option<InFlightGuard>,
    _descriptor: Descriptor,
}

impl Socket {
    /// `socket.socket(family, type, proto)`.
    pub(super) fn create(
        sockets: &Arc<Sockets>,
        family: AddressFamily,
        style: SocketType,
        protocol: u32,
    ) -> HostResult<Self> {
        let (kind, protocol) = Kind::of(family, style, protocol)?;
        let descriptor = sockets.count_socket()?;
        let socket = open::socket(kind, protocol)?;
        Self::new(sockets, kind, socket, descriptor)
    }

    /// `socket.socketpair(family, type, proto)`.
    pub(super) fn pair(
        sockets: &Arc<Sockets>,
        family: AddressFamily,
        style: SocketType,
        protocol: u32,
    ) -> HostResult<(Self, Self)> {
        let (kind, _) = Kind::of(family, style, protocol)?;
        let descriptors = (sockets.count_socket()?, sockets.count_socket()?);
        let (one, other) = open::pair(kind)?;
        let one = Self::new(sockets, kind, one, descriptors.0)?;
        Ok((one, Self::new(sockets, kind, other, descriptors.1)?))
    }

    fn new(sockets: &Arc<Sockets>, kind: Kind, socket: socket2::Socket, descriptor: Descriptor) -> HostResult<Self> {
        let buffers = Buffers::of(sockets.network.meter(), &mut &socket)?;
        let account = sockets.network.account(kind.transport(), buffers, Origin::New);
        Ok(Self::handle(sockets, Arc::new(Shared::new(kind, account)), socket, descriptor))
    }

    fn handle(sockets: &Arc<Sockets>, shared: Arc<Shared>, socket: socket2::Socket, descriptor: Descriptor) -> Self {
        Self {
            inner: Watched::new(Arc::new(socket), &sockets.waits),
            sockets: Arc::clone(sockets),
            is_interrupted: AtomicBool::new(false),
            watchers: Mutex::default(),
            _in_flight: (shared.kind.family == Family::Unix).then(|| InFlightGuard::new(&sockets.in_flight)),
            shared,
            _descriptor: descriptor,
        }
    }

    /// A handle that came with a message, if it is one of a socket that the guest has sent: a stranger's is under no policy,
    /// and is closed.
    pub(super) fn received(sockets: &Arc<Sockets>, descriptor: OwnedFd, is_peeked: bool) -> Option<Self> {
        let cookie = system::cookie(descriptor.as_fd()).ok()?;
        let shared = sockets.in_flight.received(cookie, is_peeked)?;
        let counted = sockets.count_socket().ok()?;
        Some(Self::handle(sockets, shared, descriptor.into(), counted))
    }

    /// This socket goes with a message that the guest sends.
    pub(super) fn note_sent(&self, counted: Descriptor) -> HostResult<()> {
        self.sockets.in_flight.sent(system::cookie(self.as_fd())?, &self.shared, counted);
        Ok(())
    }

    pub(super) fn kind(&self) -> Kind {
        self.shared.kind
    }

    pub(super) fn account(&self) -> &SocketAccount {
        &self.shared.account
    }

    pub(super) fn system(&self) -> &socket2::Socket {
        self.inner.get()
    }

    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        self.inner.get().as_fd()
    }

    /// `socket.bind(address)`.
    pub(super) fn bind(&self, local: Address) -> HostResult<()> {
        match named(local)? {
            Named::Internet(local) => {
                self.expect_internet()?;
                self.bind_internet(local)
            }
            Named::Unix(name) => {
                self.expect_unix()?;
                self.bind_unix(&name)
            }
            Named::Nobody => Err(os(Errno::AddressFamilyNotSupported)),
        }
    }

    fn bind_internet(&self, address: SocketAddr) -> HostResult<()> {
        self.kind().expect_fitting(address)?;
        let [first, second] = open::reached_on(self.system(), address)?;
        let decide = |address| self.decide(AddressAttempt::Bind(self.kind().protocol(), address));
        let admitted = decide(first.unwrap_or(address))?;
        second.map(decide).transpose()?;
        open::bind(self.kind(), self.system(), &admitted)?;
        self.account().bound(local(self.system()));
        Ok(())
    }

    /// Among the guest's own names, or where rules on paths say.
    fn bind_unix(&self, name: &UnixAddress) -> HostResult<()> {
        let Sockets { network, names, .. } = &*self.sockets;
        let bound: Bound = match name {
            UnixAddress::Path(guest) if network.has_unix_inbound(address::path(guest)) => {
                let path = network.decide_unix_bind(address::path(guest))?;
                // Others can come there from the moment on that it is bound.
                self.account().goes_outside();
                open::bind_unix(self.system(), &path)?;
                names.bound_outside(guest, path.into_target())
            }
            UnixAddress::Path(_) | UnixAddress::Abstract(_) | UnixAddress::Unnamed => {
                names.bind(name, |place| open::bind_own(self.system(), place))?
            }
        };
        self.shared.named(bound);
        Ok(())
    }

    /// `socket.listen(backlog)`.
    pub(super) fn listen(&self, backlog: u32) -> HostResult<()> {
        if self.kind().is_internet() && self.kind().style == Style::Stream {
            let at = local(self.system()).unwrap_or_else(|| self.kind().anywhere());
            for at in open::reached_on(self.system(), at)?.into_iter().flatten() {
                // The system listens where the socket is; there is nothing to give it.
                let _ = self.decide(AddressAttempt::Listen(at))?;
            }
        }
        open::listen(self.system(), i32::try_from(backlog).unwrap_or(i32::MAX))?;
        self.account().listening(local(self.system()));
        Ok(())
    }

    /// `socket.accept()`.
    pub(super) async fn accept(&self, until: HostDeadline) -> HostResult<(Self, Address)> {
        let (sockets, kind, meter) = (&self.sockets, self.kind(), self.account().meter());
        let descriptor = sockets.count_socket()?;
        let connection = kind.is_internet().then(|| Connection::inbound(meter)).transpose().map_err(exceeded)?;
        let buffers = Buffers::like(meter, &mut self.system())?;
        let (socket, peer) = self.inner.attempt(READ, until, |socket| socket.accept_raw()).await?;
        socket.set_nonblocking(true)?;
        socket.set_cloexec(true)?;
        let origin = Origin::Accepted { local: local(&socket), remote: peer.as_socket() };
        let account = sockets.network.account(kind.transport(), buffers, origin);
        connection.into_iter().for_each(|connection| account.accepted(connection));
        if self.account().is_outside() {
            account.goes_outside();
        }
        let accepted = Self::handle(sockets, Arc::new(Shared::new(kind, account)), socket, descriptor);
        Ok((accepted, self.address(&peer)))
    }

    /// What the policy says of an attempt that is made with this socket.
    pub(super) fn decide(&self, attempt: AddressAttempt) -> HostResult<Admitted> {
        self.sockets.network.decide(self.requester(), attempt).map_err(|denial| denied(&denial))
    }

    /// Where packets to `remote` go, if the policy lets them.
    pub(super) fn decide_remote(&self, remote: SocketAddr) -> HostResult<Admitted> {
        self.kind().expect_fitting(remote)?;
        let remote = self.meant(remote);
        self.decide(match self.kind().style {
            Style::Stream | Style::SequentialPacket => AddressAttempt::Connect(remote),
            Style::Datagram => AddressAttempt::Send(remote),
        })
    }

    /// The wildcard address stands for the loopback of the family that a socket is bound to: on an IPv6 socket that may be IPv4.
    fn meant(&self, remote: SocketAddr) -> SocketAddr {
        let is_any = remote.is_ipv6() && remote.ip().is_unspecified();
        match local(self.system()).filter(|_| is_any).map(|local| local.ip().to_canonical()) {
            Some(IpAddr::V4(_)) => SocketAddr::new(Ipv4Addr::LOCALHOST.into(), remote.port()),
            Some(IpAddr::V6(_)) | None => remote,
        }
    }

    /// The guest has set the size of a buffer.
    pub(super) fn note_resized(&self, way: Way) -> HostResult<()> {
        self.account().resized(&mut self.system(), way)
    }

    /// `socket.shutdown(how)`.
    pub(super) fn shutdown(&self, how: ShutdownType) -> HostResult<()> {
        let how = match how {
            ShutdownType::Read => std::net::Shutdown::Read,
            ShutdownType::Write => std::net::Shutdown::Write,
            ShutdownType::Both => std::net::Shutdown::Both,
        };
        Ok(self.system().shutdown(how)?)
    }

    /// `socket.getsockname()`.
    pub(super) fn getsockname(&self) -> HostResult<Address> {
        Ok(self.address(&self.system().local_addr()?))
    }

    /// `socket.getpeername()`.
    pub(super) fn getpeername(&self) -> HostResult<Address> {
        Ok(self.address(&self.system().peer_addr()?))
    }

    /// An address that the system names, as the guest knows it.
    pub(super) fn address(&self, address: &SockAddr) -> Address {
        match address.as_socket() {
            Some(internet) => written(internet),
            None if self.kind().family == Family::Unix => Address::Unix(self.sockets.names.name(address)),
            None => address::foreign(address),
        }
    }

    pub(super) fn expect_internet(&self) -> HostResult<()> {
        if self.kind().is_internet() { Ok(()) } else { Err(os(Errno::InvalidArgument)) }
    }

    pub(super) fn expect_unix(&self) -> HostResult<()> {
        if self.kind().is_internet() { Err(os(Errno::AddressFamilyNotSupported)) } else { Ok(()) }
    }

    /// Whether the policy lets this sender's datagram come in; what the system does not name, the guest has sent itself.
    pub(super) fn may_hear(&self, sender: Option<SocketAddr>) -> bool {
        let Some(sender) = sender else { return true };
        let at = || local(self.system());
        self.sockets.network.decide(self.requester().at(&at), AddressAttempt::Receive(sender)).is_ok()
    }
}

impl Buffered for &socket2::Socket {
    type Error = Error;

    fn size(&mut self, way: Way) -> HostResult<u64> {
        let kept = match way {
            Way::In => self.recv_buffer_size(),
            Way::Out => self.send_buffer_size(),
        };
        // The system says what it keeps, which is twice what one sets.
        Ok(kept? as u64 / 2)
    }

    fn set_size(&mut self, way: Way, size: u64) -> HostResult<()> {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let set = match way {
            Way::In => self.set_recv_buffer_size(size),
            Way::Out => self.set_send_buffer_size(size),
        };
        Ok(set?)
    }

    fn exceeded(count: QuotaExceeded) -> Error {
        exceeded(count)
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // A set would go on reporting a socket that is in flight in a message and therefore still open.
        for set in locked(&self.watchers).drain(..).filter_map(|set| set.upgrade()) {
            // It is not there if the guest has removed it.
            let _ = rustix::event::epoll::delete(&*set, self.system());
        }
    }
}

pub(super) fn is_writable(socket: &socket2::Socket) -> io::Result<bool> {
    let mut ready = [rustix::event::PollFd::new(socket, rustix::event::PollFlags::OUT)];
    let now = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
    Ok(rustix::event::poll(&mut ready, Some(&now))? > 0)
}
