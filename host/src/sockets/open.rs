//! The one module that opens sockets, binds and connects them: with what a decision has let pass, and nothing else.
#![expect(clippy::disallowed_methods, reason = "this is the one place that may; what it is given was decided about")]

use std::io;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::os::fd::AsFd;
use std::path::PathBuf;

use socket2::{Protocol as SystemProtocol, SockAddr};

use super::errors::{HostResult, os};
use super::kind::{Family, Kind};
use super::types::Errno;
use crate::network::Admitted;
use crate::network::unix::UnixTarget;

/// `socket(2)`. A socket by itself reaches nobody.
pub(super) fn socket(kind: Kind, protocol: Option<SystemProtocol>) -> io::Result<socket2::Socket> {
    socket2::Socket::new_raw(kind.domain(), kind.system_type(), protocol)
}

/// `socketpair(2)`, of `AF_UNIX` alone.
pub(super) fn pair(kind: Kind) -> HostResult<(socket2::Socket, socket2::Socket)> {
    match kind.family {
        Family::Unix => Ok(socket2::Socket::pair_raw(kind.domain(), kind.system_type(), None)?),
        Family::Inet | Family::Inet6 => Err(os(Errno::NotSupported)),
    }
}

/// `bind(2)` to an address of the internet.
pub(super) fn bind(kind: Kind, socket: &socket2::Socket, local: &Admitted) -> io::Result<()> {
    socket.bind(&kind.fitted(local.address()).into())
}

/// `listen(2)`.
pub(super) fn listen(socket: &socket2::Socket, backlog: i32) -> io::Result<()> {
    socket.listen(backlog)
}

/// `connect(2)` to an address of the internet; it does not wait.
pub(super) fn connect(kind: Kind, socket: &socket2::Socket, remote: &Admitted) -> io::Result<()> {
    socket.connect(&sock_addr(kind, remote))
}

/// What `sendmsg(2)` is given as the address of the internet to send to.
pub(super) fn sock_addr(kind: Kind, remote: &Admitted) -> SockAddr {
    kind.fitted(remote.address()).into()
}

/// `connect(2)` to nobody: ends what `connect` has set.
pub(super) fn disconnect(socket: &socket2::Socket) -> io::Result<()> {
    Ok(rustix::net::connect_unspec(socket.as_fd())?)
}

/// `connect(2)` to a socket of `AF_UNIX`.
pub(super) fn connect_unix(socket: &socket2::Socket, target: &Target) -> io::Result<()> {
    socket.connect(&target.address)
}

/// `bind(2)` to a place among the guest's own names.
pub(super) fn bind_own(socket: &socket2::Socket, place: &SockAddr) -> io::Result<()> {
    socket.bind(place)
}

/// `bind(2)` to a path of this machine.
pub(super) fn bind_unix(socket: &socket2::Socket, path: &Admitted<PathBuf>) -> io::Result<()> {
    socket.bind(&SockAddr::unix(path.target())?)
}

/// A socket of `AF_UNIX` that a guest may connect or send to.
pub(super) struct Target {
    /// The way to it, as long as this is there.
    pub(super) address: SockAddr,
    _outside: Option<Admitted<UnixTarget>>,
}

impl Target {
    /// One of the guest's own.
    pub(super) fn own(address: SockAddr) -> Self {
        Self { address, _outside: None }
    }

    /// One of this machine.
    pub(super) fn outside(target: Admitted<UnixTarget>) -> io::Result<Self> {
        Ok(Self { address: SockAddr::unix(target.target().path())?, _outside: Some(target) })
    }
}

/// Where a socket with this address is reached: the wildcard of IPv6 is that of IPv4 as well, unless the socket is for IPv6
/// alone, which nobody can change any more once it is bound.
pub(super) fn reached_on(socket: &socket2::Socket, local: SocketAddr) -> io::Result<[Option<SocketAddr>; 2]> {
    let is_both = local.ip().to_canonical() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) && !socket.only_v6()?;
    let both = SocketAddr::new(std::net::Ipv4Addr::UNSPECIFIED.into(), local.port());
    Ok([Some(local), is_both.then_some(both)])
}
