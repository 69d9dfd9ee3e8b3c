//! The one module that opens sockets, binds and connects them: each of its functions asks the policy first.
#![expect(clippy::disallowed_methods, reason = "this is the one place that may; it asks the policy first")]

use std::ffi::OsStr;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::net::AddressFamily as SystemFamily;
use socket2::{Domain, Protocol as SystemProtocol, SockAddr, Type};

use super::address::destination;
use super::bindings::wasocket::socket::types::{AddressFamily, Errno, SocketType, UnixAddress};
use super::errors::{Answer, denied, os};
use super::unix::{Bound, Names};
use crate::policy::{Attempt, Network, Protocol};

/// What a socket is, for the policy and for its calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) family: Family,
    pub(super) style: Style,
}

/// The families that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Inet,
    Inet6,
    Unix,
}

/// How a socket carries data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Stream,
    Datagram,
    SequentialPacket,
}

impl Kind {
    /// The kind of socket that a guest asks for, if there is such a thing and guests may have it.
    pub(super) fn of(
        family: AddressFamily,
        style: SocketType,
        protocol: u32,
    ) -> Answer<(Self, Option<SystemProtocol>)> {
        let family = match family {
            AddressFamily::Inet => Family::Inet,
            AddressFamily::Inet6 => Family::Inet6,
            AddressFamily::Unix => Family::Unix,
            AddressFamily::Other(_) => return Err(os(Errno::AddressFamilyNotSupported)),
        };
        let style = match (family, style) {
            (_, SocketType::Stream) => Style::Stream,
            (_, SocketType::Datagram) => Style::Datagram,
            (Family::Unix, SocketType::SequentialPacket) => Style::SequentialPacket,
            // What the system says to those without privileges, whatever this process has.
            (Family::Inet | Family::Inet6, SocketType::Raw) => return Err(os(Errno::NotPermitted)),
            (
                _,
                SocketType::Raw | SocketType::SequentialPacket | SocketType::ReliableDatagram | SocketType::Other(_),
            ) => return Err(os(Errno::SocketTypeNotSupported)),
        };
        let protocol = match (family, style, protocol) {
            (_, _, 0) => None,
            (Family::Unix, _, PF_UNIX) => None,
            (Family::Inet | Family::Inet6, Style::Stream, TCP) => Some(SystemProtocol::TCP),
            (Family::Inet | Family::Inet6, Style::Datagram, UDP) => Some(SystemProtocol::UDP),
            (Family::Inet | Family::Inet6, Style::Datagram, UDPLITE) => Some(SystemProtocol::UDPLITE),
            _ => return Err(os(Errno::ProtocolNotSupported)),
        };
        Ok((Self { family, style }, protocol))
    }

    /// The word that rules have for it.
    fn protocol(self) -> Protocol {
        match self.style {
            Style::Stream | Style::SequentialPacket => Protocol::Tcp,
            Style::Datagram => Protocol::Udp,
        }
    }

    pub(super) fn is_internet(self) -> bool {
        matches!(self.family, Family::Inet | Family::Inet6)
    }

    /// Whether others can reach it without having been asked: it has senders, not a peer.
    pub(super) fn is_internet_datagram(self) -> bool {
        self.is_internet() && self.style == Style::Datagram
    }

    fn domain(self) -> Domain {
        match self.family {
            Family::Inet => Domain::IPV4,
            Family::Inet6 => Domain::IPV6,
            Family::Unix => Domain::UNIX,
        }
    }

    fn system_type(self) -> Type {
        let style = match self.style {
            Style::Stream => Type::STREAM,
            Style::Datagram => Type::DGRAM,
            Style::SequentialPacket => Type::SEQPACKET,
        };
        style.nonblocking().cloexec()
    }

    /// The transport, of a socket that can leave this machine.
    pub(super) fn transport(self) -> Option<Protocol> {
        self.is_internet().then(|| self.protocol())
    }

    /// An address as a socket of this family takes it.
    fn fitted(self, address: SocketAddr) -> SocketAddr {
        match (self.family, address.ip()) {
            (Family::Inet6, IpAddr::V4(ip)) => SocketAddr::new(ip.to_ipv6_mapped().into(), address.port()),
            _ => address,
        }
    }

    /// Where a socket is that has not been bound.
    fn anywhere(self) -> SocketAddr {
        match self.family {
            Family::Inet | Family::Unix => SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), 0),
            Family::Inet6 => SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), 0),
        }
    }
}

/// Who asks the policy.
#[derive(Clone, Copy)]
pub(super) struct Asker<'a> {
    pub(super) network: &'a Network,
    /// The socket's number, where that is told.
    pub(super) number: Option<u64>,
}

/// `socket(2)`. A socket by itself reaches nobody.
pub(super) fn socket(kind: Kind, protocol: Option<SystemProtocol>) -> io::Result<socket2::Socket> {
    socket2::Socket::new_raw(kind.domain(), kind.system_type(), protocol)
}

/// `socketpair(2)`, of `AF_UNIX` alone.
pub(super) fn pair(kind: Kind) -> Answer<(socket2::Socket, socket2::Socket)> {
    match kind.family {
        Family::Unix => Ok(socket2::Socket::pair_raw(kind.domain(), kind.system_type(), None)?),
        Family::Inet | Family::Inet6 => Err(os(Errno::NotSupported)),
    }
}

/// `bind(2)` to an address of the internet.
pub(super) fn bind(asker: Asker<'_>, kind: Kind, socket: &socket2::Socket, local: SocketAddr) -> Answer<()> {
    for local in reached_on(socket, local)?.into_iter().flatten() {
        check(asker, Attempt::Bind(kind.protocol(), local))?;
    }
    let mapped = asker.network.local(kind.protocol(), local);
    Ok(socket.bind(&mapped.into())?)
}

/// `listen(2)`, under the rules for the address that the socket has.
pub(super) fn listen(asker: Asker<'_>, kind: Kind, socket: &socket2::Socket, backlog: i32) -> Answer<()> {
    if kind.is_internet() && kind.style == Style::Stream {
        let local = socket.local_addr()?.as_socket().unwrap_or_else(|| kind.anywhere());
        for local in reached_on(socket, local)?.into_iter().flatten() {
            check(asker, Attempt::Listen(local))?;
        }
    }
    Ok(socket.listen(backlog)?)
}

/// Where a socket with this address is reached: the wildcard of IPv6 is that of IPv4 as well, unless the socket is for IPv6
/// alone, which nobody can change any more once it is bound.
fn reached_on(socket: &socket2::Socket, local: SocketAddr) -> io::Result<[Option<SocketAddr>; 2]> {
    let plain = SocketAddr::new(local.ip().to_canonical(), local.port());
    let is_both = plain.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) && !socket.only_v6()?;
    Ok([Some(plain), is_both.then(|| SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), local.port()))])
}

/// Joining a multicast group makes the network bring what is sent to it, and tells the network so: that is being reached
/// at the group's address.
pub(super) fn may_join(asker: Asker<'_>, socket: &socket2::Socket, group: IpAddr) -> Answer<()> {
    let port = socket.local_addr()?.as_socket().map_or(0, |local| local.port());
    check(asker, Attempt::Bind(Protocol::Udp, SocketAddr::new(group.to_canonical(), port)))
}

/// `connect(2)` to an address of the internet; it does not wait.
pub(super) fn connect(
    asker: Asker<'_>,
    kind: Kind,
    socket: &socket2::Socket,
    remote: SocketAddr,
) -> Answer<io::Result<()>> {
    may_reach(asker, kind, remote)?;
    Ok(socket.connect(&destination_of(asker.network, kind, remote).into()))
}

/// `connect(2)` once more, to where [`connect`] has been allowed to go and is going.
pub(super) fn connect_on(
    network: &Network,
    kind: Kind,
    socket: &socket2::Socket,
    remote: SocketAddr,
) -> io::Result<()> {
    socket.connect(&destination_of(network, kind, remote).into())
}

/// `connect(2)` to nobody: ends what `connect` has set.
pub(super) fn disconnect(socket: &socket2::Socket) -> io::Result<()> {
    Ok(rustix::net::connect_unspec(socket.as_fd())?)
}

/// Where a socket of this machine is that a guest may connect or send to.
pub(super) struct Door {
    /// The way to it, as long as this is there.
    pub(super) address: SockAddr,
    file: Option<OwnedFd>,
}

/// Where a guest finds the socket with this name: among its own, or where rules on paths say.
pub(super) fn door(network: &Network, names: &Names, name: &UnixAddress) -> Answer<Door> {
    let own = names.place(name);
    let UnixAddress::Path(guest) = name else { return own.map(Door::own) };
    if own.is_ok() || !network.minds_unix_connect() {
        return own.map(Door::own);
    }
    let host = network.unix_connect(path(guest)).map_err(|denial| denied(&denial))?;
    let door = Door::outside(&host)?;
    names.remember(guest, host);
    Ok(door)
}

impl Door {
    fn own(address: SockAddr) -> Self {
        Self { address, file: None }
    }

    /// By way of a descriptor: a link that someone puts there leads nowhere.
    fn outside(path: &Path) -> io::Result<Self> {
        let file = rustix::fs::open(path, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty())?;
        let address = SockAddr::unix(format!("/proc/self/fd/{}", file.as_raw_fd()))?;
        Ok(Self { address, file: Some(file) })
    }

    /// Whether it leads to others than the guest.
    pub(super) fn is_outside(&self) -> bool {
        self.file.is_some()
    }
}

/// `bind(2)` to a name: among the guest's own, or where rules on paths say.
pub(super) fn bind_unix(
    network: &Network,
    names: &Names,
    socket: &socket2::Socket,
    name: &UnixAddress,
) -> Answer<Bound> {
    match name {
        UnixAddress::Path(guest) if network.minds_unix_bind(&path(guest)) => {
            let host = network.unix_bind(path(guest)).map_err(|denial| denied(&denial))?;
            names.bind_outside(guest, host, |place| socket.bind(place))
        }
        UnixAddress::Path(_) | UnixAddress::Abstract(_) | UnixAddress::Unnamed => {
            names.bind(name, |place| socket.bind(place))
        }
    }
}

fn path(bytes: &[u8]) -> PathBuf {
    OsStr::from_bytes(bytes).into()
}

/// `connect(2)` through a [`Door`].
pub(super) fn connect_through(socket: &socket2::Socket, door: &Door) -> io::Result<()> {
    socket.connect(&door.address)
}

/// Whether the policy lets packets go there.
pub(super) fn may_reach(asker: Asker<'_>, kind: Kind, remote: SocketAddr) -> Answer<()> {
    let remote = destination(remote);
    match kind.style {
        Style::Stream | Style::SequentialPacket => check(asker, Attempt::Connect(remote)),
        Style::Datagram => check(asker, Attempt::Send(remote)),
    }
}

/// Where packets to `remote` really go: rules can map ports.
pub(super) fn destination_of(network: &Network, kind: Kind, remote: SocketAddr) -> SocketAddr {
    kind.fitted(network.destination(kind.protocol(), remote))
}

/// Whether the policy lets a datagram of this sender come in.
pub(super) fn may_hear(asker: Asker<'_>, sender: SocketAddr) -> bool {
    let sender = SocketAddr::new(sender.ip().to_canonical(), sender.port());
    check(asker, Attempt::Receive(sender)).is_ok()
}

fn check(asker: Asker<'_>, attempt: Attempt) -> Answer<()> {
    asker.network.check_for(asker.number, attempt).map_err(|denial| denied(&denial))
}

/// `PF_UNIX`, which the system takes as a protocol of `AF_UNIX`.
const PF_UNIX: u32 = SystemFamily::UNIX.as_raw() as u32;
const TCP: u32 = 6;
const UDP: u32 = 17;
const UDPLITE: u32 = 136;
