//! Open descriptions: what `dup` shares.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::time::Duration;

use super::lookups::Lookup;
use crate::address::{Address, Family, IpFamily, Kind, Shutdown, UnixAddress};
use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::message::{MessageFlags, Received};
use crate::net::Net;
use crate::options::{IPPROTO_TCP, IPPROTO_UDP, SocketOption};
use crate::pair::PairEnd;
use crate::tcp::Tcp;
use crate::time::Timeout;
use crate::udp::Udp;
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

/// Options that have no effect below, or none that a network knows of.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    pub(super) values: Vec<(SocketOption, i32)>,
    pub(super) receive_timeout: Option<Duration>,
    pub(super) send_timeout: Option<Duration>,
}

/// What a description is an end of.
pub(super) enum Endpoint<N: Net> {
    Tcp(Tcp<N>),
    Udp(Udp<N>),
    Pair(PairEnd),
    Lookup(RefCell<Lookup<N>>),
}

impl<N: Net> Description<N> {
    pub(super) fn open(net: &N, family: Family, kind: Kind, protocol: i32) -> Result<Self> {
        let ip = match family {
            Family::Inet => IpFamily::V4,
            Family::Inet6 => IpFamily::V6,
            Family::Unix => return Err(Error::Os(Errno::EAFNOSUPPORT)),
        };
        match (kind, protocol) {
            (Kind::Stream, 0 | IPPROTO_TCP) => {
                Ok(Self::new(family, kind, IPPROTO_TCP, Endpoint::Tcp(Tcp::open(net, ip)?)))
            }
            (Kind::Datagram, 0 | IPPROTO_UDP) => {
                Ok(Self::new(family, kind, IPPROTO_UDP, Endpoint::Udp(Udp::open(net, ip)?)))
            }
            (Kind::Stream | Kind::Datagram | Kind::Raw, _) => Err(Error::Os(Errno::EPROTONOSUPPORT)),
            (Kind::SequentialPacket, _) => Err(Error::Os(Errno::ESOCKTNOSUPPORT)),
        }
    }

    pub(super) fn pair(family: Family, kind: Kind, protocol: i32) -> Result<(Self, Self)> {
        match (family, kind, protocol) {
            (Family::Inet | Family::Inet6, _, _) => Err(Error::Os(Errno::EOPNOTSUPP)),
            (Family::Unix, Kind::Stream | Kind::Datagram | Kind::SequentialPacket, 0) => {
                let (first, second) = PairEnd::pair(kind);
                let end = |end| Self::new(family, kind, 0, Endpoint::Pair(end));
                Ok((end(first), end(second)))
            }
            (Family::Unix, Kind::Raw, 0) => Err(Error::Os(Errno::ESOCKTNOSUPPORT)),
            (Family::Unix, _, _) => Err(Error::Os(Errno::EPROTONOSUPPORT)),
        }
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
            Endpoint::Pair(_) | Endpoint::Lookup(_) => Err(Error::Os(Errno::EINVAL)),
        }
    }

    pub(super) fn connect(&self, net: &N, remote: &Address, timeout: Timeout) -> Result<()> {
        match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.connect(net, self.ip(remote)?, self.send_wait(net, timeout)),
            Endpoint::Udp(udp) => udp.connect(net, self.ip(remote)?),
            Endpoint::Pair(_) => Err(Error::Os(Errno::EISCONN)),
            Endpoint::Lookup(_) => Err(Error::Os(Errno::ENOTSOCK)),
        }
    }

    pub(super) fn listen(&self, net: &N, backlog: u32) -> Result<()> {
        match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.listen(net, backlog),
            Endpoint::Pair(_) if self.kind != Kind::Datagram => Err(Error::Os(Errno::EINVAL)),
            Endpoint::Udp(_) | Endpoint::Pair(_) | Endpoint::Lookup(_) => Err(Error::Os(Errno::EOPNOTSUPP)),
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
            Endpoint::Pair(_) if self.kind != Kind::Datagram => Err(Error::Os(Errno::EINVAL)),
            Endpoint::Udp(_) | Endpoint::Pair(_) | Endpoint::Lookup(_) => Err(Error::Os(Errno::EOPNOTSUPP)),
        }
    }

    pub(super) fn shutdown(&self, net: &N, how: Shutdown) -> Result<()> {
        match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.shutdown(net, how),
            Endpoint::Udp(udp) => udp.shutdown(how),
            Endpoint::Pair(pair) => {
                pair.shutdown(how);
                Ok(())
            }
            Endpoint::Lookup(_) => Err(Error::Os(Errno::ENOTSOCK)),
        }
    }

    pub(super) fn local_address(&self, net: &N) -> Result<Address> {
        match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.local_address(net).map(Address::Ip),
            Endpoint::Udp(udp) => udp.local_address(net).map(Address::Ip),
            Endpoint::Pair(_) => Ok(Address::Unix(UnixAddress::Unnamed)),
            Endpoint::Lookup(_) => Err(Error::Os(Errno::ENOTSOCK)),
        }
    }

    pub(super) fn peer_address(&self, net: &N) -> Result<Address> {
        match &self.endpoint {
            Endpoint::Tcp(tcp) => tcp.peer_address(net).map(Address::Ip),
            Endpoint::Udp(udp) => udp.peer_address().map(Address::Ip),
            Endpoint::Pair(_) => Ok(Address::Unix(UnixAddress::Unnamed)),
            Endpoint::Lookup(_) => Err(Error::Os(Errno::ENOTSOCK)),
        }
    }

    pub(super) fn receive(&self, net: &N, max: usize, flags: MessageFlags, timeout: Timeout) -> Result<Received> {
        let wait = self.receive_wait(net, timeout);
        match &self.endpoint {
            // Linux, too, answers at once where nothing is asked for.
            Endpoint::Tcp(_) if max == 0 => Ok(Received::stream(Vec::new())),
            Endpoint::Tcp(tcp) => tcp.receive(net, max, flags, wait),
            Endpoint::Udp(udp) => udp.receive(net, max, flags, wait),
            Endpoint::Pair(pair) => pair.receive(net, max, flags, wait),
            Endpoint::Lookup(_) => Err(Error::Os(Errno::ENOTSOCK)),
        }
    }

    pub(super) fn send(&self, net: &N, data: &[u8], to: Option<&Address>, wait: Wait) -> Result<usize> {
        match &self.endpoint {
            // A stream has its peer: Linux ignores the address.
            Endpoint::Tcp(tcp) => tcp.send(net, data, wait),
            Endpoint::Udp(udp) => udp.send(net, data, to.map(|to| self.ip(to)).transpose()?, wait),
            Endpoint::Pair(_) if to.is_some() && self.kind != Kind::SequentialPacket => {
                Err(Error::Os(Errno::EISCONN))
            }
            Endpoint::Pair(pair) => pair.send(net, data, wait),
            Endpoint::Lookup(_) => Err(Error::Os(Errno::ENOTSOCK)),
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
                Err(Error::Os(Errno::EAFNOSUPPORT))
            }
        }
    }
}
