//! Open descriptions: what `dup` shares.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::rc::Rc;

use super::kept_options::Kept;
use super::lookups::Lookup;
use super::system::{SystemSocket, shown_protocol, system_of};
use crate::address::{Address, Family, IpFamily, Kind, Shutdown, UnixAddress};
use crate::errno::Errno;
use crate::error::Result;
use crate::file::File;
use crate::message::{MessageFlags, Received};
use crate::net::Net;
use crate::options::{IPPROTO_TCP, IPPROTO_UDP};
use crate::system::System;
use crate::tcp::Tcp;
use crate::time::Timeout;
use crate::udp::Udp;
use crate::unix::{Message, Names, Pipe, Unix};
use crate::waiting::Wait;

/// An open socket, or a lookup in progress.
pub(crate) struct Description<N: Net> {
    pub(super) family: Family,
    pub(super) kind: Kind,
    pub(super) protocol: i32,
    pub(super) nonblocking: Cell<bool>,
    pub(super) kept: RefCell<Kept>,
    pub(super) endpoint: Endpoint<N>,
}

/// What travels with a message: a reference to an open description.
pub(super) type Rights<N> = Rc<Description<N>>;

/// What a description is an end of.
pub(super) enum Endpoint<N: Net> {
    Tcp(Tcp<N>),
    Udp(Udp<N>),
    Unix(Unix<Rights<N>>),
    Pipe(Pipe<Rights<N>>),
    Lookup(RefCell<Lookup<N>>),
    /// A socket whose state is the kernel's.
    System(SystemSocket<N>),
    /// A standard stream or a device.
    File(File),
    /// Nothing of ours: a face keeps something of its own under the number.
    Reserved,
}

impl<N: Net> Description<N> {
    pub(super) fn open(
        net: &N,
        names: &Rc<Names<Rights<N>>>,
        family: Family,
        kind: Kind,
        protocol: i32,
    ) -> Result<Self> {
        if let Some(system) = net.system() {
            let socket = system.create(family, kind, protocol)?;
            return Ok(Self::new(family, kind, shown_protocol(family, kind, protocol), Endpoint::System(socket)));
        }
        let ip = match family {
            Family::Inet => IpFamily::V4,
            Family::Inet6 => IpFamily::V6,
            Family::Unix => {
                check_unix_protocol(protocol)?;
                return Ok(Self::new(family, kind, 0, Endpoint::Unix(Unix::open(kind, names))));
            }
        };
        match (kind, protocol) {
            (Kind::Stream, 0 | IPPROTO_TCP) => {
                Ok(Self::new(family, kind, IPPROTO_TCP, Endpoint::Tcp(Tcp::open(net, ip)?)))
            }
            (Kind::Datagram, 0 | IPPROTO_UDP) => {
                Ok(Self::new(family, kind, IPPROTO_UDP, Endpoint::Udp(Udp::open(net, ip)?)))
            }
            (Kind::Stream | Kind::Datagram | Kind::Raw, _) => Err(Errno::EPROTONOSUPPORT.into()),
            (Kind::SequentialPacket, _) => Err(Errno::ESOCKTNOSUPPORT.into()),
        }
    }

    pub(super) fn pair(
        net: &N,
        names: &Rc<Names<Rights<N>>>,
        family: Family,
        kind: Kind,
        protocol: i32,
    ) -> Result<(Self, Self)> {
        if let Some(system) = net.system() {
            let (first, second) = system.pair(family, kind, protocol)?;
            let end = |end| Self::new(family, kind, shown_protocol(family, kind, protocol), Endpoint::System(end));
            return Ok((end(first), end(second)));
        }
        if family != Family::Unix {
            return Err(Errno::EOPNOTSUPP.into());
        }
        check_unix_protocol(protocol)?;
        let (first, second) = Unix::pair(kind, names);
        let end = |end| Self::new(family, kind, 0, Endpoint::Unix(end));
        Ok((end(first), end(second)))
    }

    /// The end that is read and the end that is written. No sockets: the family and the rest are never asked for.
    pub(super) fn pipe() -> (Self, Self) {
        let (reader, writer) = Pipe::pair();
        let end = |end| Self::new(Family::Unix, Kind::Stream, 0, Endpoint::Pipe(end));
        (end(reader), end(writer))
    }

    /// No socket. The family, the type and the protocol are never asked for.
    pub(super) fn reserved() -> Self {
        Self::new(Family::Unix, Kind::Stream, 0, Endpoint::Reserved)
    }

    pub(super) fn new(family: Family, kind: Kind, protocol: i32, endpoint: Endpoint<N>) -> Self {
        Self { family, kind, protocol, nonblocking: Cell::new(false), kept: RefCell::default(), endpoint }
    }

    /// The mode of a call: a Python object that never waits for its timeout still does not block where the description
    /// has been made non-blocking under it.
    pub(super) fn mode(&self, timeout: Timeout) -> Timeout {
        match timeout {
            Timeout::Blocking if self.nonblocking.get() => Timeout::NonBlocking,
            _ => timeout,
        }
    }

    pub(super) fn bind(&self, net: &N, local: &Address) -> Result<()> {
        match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.bind(net, self.ip(local)?),
            Endpoint::Udp(udp) => udp.bind(net, self.ip(local)?),
            Endpoint::System(socket) => system_of(net)?.bind(socket, local),
            Endpoint::Unix(unix) => unix.bind(self.unix(local)?),
            Endpoint::Pipe(_) | Endpoint::Lookup(_) | Endpoint::File(_) | Endpoint::Reserved => {
                Err(Errno::EINVAL.into())
            }
        }
    }

    pub(super) fn connect(&self, net: &N, remote: &Address, timeout: Timeout) -> Result<()> {
        match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.connect(net, self.ip(remote)?, self.send_wait(net, timeout)),
            Endpoint::Udp(udp) => udp.connect(net, self.ip(remote)?),
            Endpoint::System(socket) => {
                let wait = self.send_wait(net, timeout);
                let connected = system_of(net)?.connect(socket, remote, wait.deadline);
                connected.map_err(|error| wait.system_error(error))
            }
            Endpoint::Unix(unix) => unix.connect(net, self.unix(remote)?, self.send_wait(net, timeout)),
            Endpoint::Pipe(_) | Endpoint::Lookup(_) | Endpoint::File(_) | Endpoint::Reserved => {
                Err(Errno::ENOTSOCK.into())
            }
        }
    }

    pub(super) fn listen(&self, net: &N, backlog: u32) -> Result<()> {
        match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.listen(net, backlog),
            Endpoint::System(socket) => system_of(net)?.listen(socket, backlog),
            Endpoint::Unix(unix) => unix.listen(backlog),
            Endpoint::Udp(_) | Endpoint::Pipe(_) | Endpoint::Lookup(_) | Endpoint::File(_) | Endpoint::Reserved => {
                Err(Errno::EOPNOTSUPP.into())
            }
        }
    }

    pub(super) fn accept(&self, net: &N, timeout: Timeout) -> Result<(Self, Address)> {
        match &self.endpoint {
            Endpoint::Tcp(tcp) => {
                let (accepted, peer) = tcp.accept(net, self.receive_wait(net, timeout))?;
                let description = Self::new(self.family, self.kind, self.protocol, Endpoint::Tcp(accepted));
                description.kept.replace(self.kept.borrow().clone());
                Ok((description, Address::Ip(peer)))
            }
            Endpoint::System(socket) => {
                let wait = self.receive_wait(net, timeout);
                let accepted = system_of(net)?.accept(socket, wait.deadline);
                let (accepted, peer) = accepted.map_err(|error| wait.system_error(error))?;
                Ok((Self::new(self.family, self.kind, self.protocol, Endpoint::System(accepted)), peer))
            }
            Endpoint::Unix(unix) => {
                let (accepted, peer) = unix.accept(net, self.receive_wait(net, timeout))?;
                let description = Self::new(self.family, self.kind, 0, Endpoint::Unix(accepted));
                Ok((description, Address::Unix(peer)))
            }
            Endpoint::Udp(_) | Endpoint::Pipe(_) | Endpoint::Lookup(_) | Endpoint::File(_) | Endpoint::Reserved => {
                Err(Errno::EOPNOTSUPP.into())
            }
        }
    }

    pub(super) fn shutdown(&self, net: &N, how: Shutdown) -> Result<()> {
        match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.shutdown(net, how),
            Endpoint::Udp(udp) => udp.shutdown(how),
            Endpoint::System(socket) => system_of(net)?.shutdown(socket, how),
            Endpoint::Unix(unix) => {
                unix.shutdown(how);
                Ok(())
            }
            Endpoint::Pipe(_) | Endpoint::Lookup(_) | Endpoint::File(_) | Endpoint::Reserved => {
                Err(Errno::ENOTSOCK.into())
            }
        }
    }

    pub(super) fn local_address(&self, net: &N) -> Result<Address> {
        match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.local_address(net).map(Address::Ip),
            Endpoint::Udp(udp) => udp.local_address(net).map(Address::Ip),
            Endpoint::System(socket) => system_of(net)?.local_address(socket),
            Endpoint::Unix(unix) => Ok(Address::Unix(unix.local_address())),
            Endpoint::Pipe(_) | Endpoint::Lookup(_) | Endpoint::File(_) | Endpoint::Reserved => {
                Err(Errno::ENOTSOCK.into())
            }
        }
    }

    pub(super) fn peer_address(&self, net: &N) -> Result<Address> {
        match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.peer_address(net).map(Address::Ip),
            Endpoint::Udp(udp) => udp.peer_address().map(Address::Ip),
            Endpoint::System(socket) => system_of(net)?.peer_address(socket),
            Endpoint::Unix(unix) => unix.peer_address().map(Address::Unix),
            Endpoint::Pipe(_) | Endpoint::Lookup(_) | Endpoint::File(_) | Endpoint::Reserved => {
                Err(Errno::ENOTSOCK.into())
            }
        }
    }

    /// Receives, with the descriptors that came along.
    pub(super) fn receive(
        &self,
        net: &N,
        (max, room): (usize, usize),
        flags: MessageFlags,
        timeout: Timeout,
    ) -> Result<(Received, Vec<Rights<N>>)> {
        let wait = self.receive_wait(net, timeout);
        let received = match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.receive(net, max, flags, wait)?,
            Endpoint::Udp(udp) => udp.receive(net, max, flags, wait)?,
            Endpoint::System(socket) => return self.receive_of_system(net, socket, (max, room), flags, wait),
            Endpoint::Unix(unix) => return self.receive_in_memory(unix, net, max, flags, wait),
            Endpoint::Pipe(_) | Endpoint::Lookup(_) | Endpoint::File(_) | Endpoint::Reserved => {
                return Err(Errno::ENOTSOCK.into());
            }
        };
        Ok((received, Vec::new()))
    }

    fn receive_in_memory(
        &self,
        unix: &Unix<Rights<N>>,
        net: &N,
        max: usize,
        flags: MessageFlags,
        wait: Wait,
    ) -> Result<(Received, Vec<Rights<N>>)> {
        if max == 0 && self.kind == Kind::Stream {
            // Who asks for nothing waits all the same until there is something, and leaves it there.
            unix.receive(net, 1, MessageFlags::PEEK, wait)?;
            return Ok((Received::stream(Vec::new()), Vec::new()));
        }
        let Some(Message { data, from, rights }) = unix.receive(net, max, flags, wait)? else {
            return Ok((Received::stream(Vec::new()), Vec::new()));
        };
        // A sender without a name has no address at all: `None` in Python.
        let from = Some(from).filter(|from| *from != UnixAddress::Unnamed).map(Address::Unix);
        Ok((Received::message(data, from, max), rights))
    }

    pub(super) fn send(
        &self,
        net: &N,
        data: &[u8],
        rights: Vec<Rights<N>>,
        to: Option<&Address>,
        wait: Wait,
    ) -> Result<usize> {
        match &self.endpoint {
            // A stream has its peer: Linux ignores the address.
            Endpoint::Tcp(tcp) => tcp.send(net, data, wait),
            Endpoint::Udp(udp) => udp.send(net, data, to.map(|to| self.ip(to)).transpose()?, wait),
            Endpoint::System(_) => Err(Errno::EOPNOTSUPP.into()),
            Endpoint::Unix(unix) => unix.send(net, data, rights, to.map(|to| self.unix(to)).transpose()?, wait),
            Endpoint::Pipe(_) | Endpoint::Lookup(_) | Endpoint::File(_) | Endpoint::Reserved => {
                Err(Errno::ENOTSOCK.into())
            }
        }
    }

    pub(super) fn send_wait(&self, net: &N, timeout: Timeout) -> Wait {
        Wait::limited(net, timeout, self.kept.borrow().send_timeout)
    }

    fn receive_wait(&self, net: &N, timeout: Timeout) -> Wait {
        Wait::limited(net, timeout, self.kept.borrow().receive_timeout)
    }

    /// `address` as one of this socket's family.
    fn ip(&self, address: &Address) -> Result<SocketAddr> {
        match (self.family, address) {
            (Family::Inet, Address::Ip(address @ SocketAddr::V4(_)))
            | (Family::Inet6, Address::Ip(address @ SocketAddr::V6(_))) => Ok(*address),
            (Family::Inet | Family::Inet6 | Family::Unix, Address::Ip(_) | Address::Unix(_)) => {
                Err(Errno::EAFNOSUPPORT.into())
            }
        }
    }

    /// `address` as one of `AF_UNIX`.
    fn unix<'a>(&self, address: &'a Address) -> Result<&'a UnixAddress> {
        match address {
            Address::Unix(address) => Ok(address),
            Address::Ip(_) => Err(Errno::EINVAL.into()),
        }
    }
}

/// `AF_UNIX` has one protocol, whose number is 0 or the family's own.
fn check_unix_protocol(protocol: i32) -> Result<()> {
    match protocol {
        0 | 1 => Ok(()),
        _ => Err(Errno::EPROTONOSUPPORT.into()),
    }
}
