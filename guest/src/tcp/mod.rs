//! A TCP socket: what each call does in each of its states.

mod state;

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;

use self::state::{Accepted, Failure, Inner, State};
use crate::address::{Address, IpFamily, Shutdown};
use crate::dual_stack::{mapped, unmapped};
use crate::errno::Errno;
use crate::errno_table::{Operation, StateKind};
use crate::error::{Error, Result};
use crate::message::{MessageFlags, Received};
use crate::net::{NetOption, Protocol, Transport};
use crate::polling::Events;
use crate::sockets::{Attributes, Description, Endpoint, Rights, SourceRef};
use crate::status::Status;
use crate::stream::Stream;
use crate::udp::{any_address, reachable};
use crate::waiting::{Wait, error_of};

/// Bytes to peek for `recv(0)`, which only waits.
const LOOK_AHEAD: usize = 1 << 16;

/// How many connections may be accepted ahead, for readiness.
const ACCEPT_AHEAD: usize = 1;

/// A TCP socket of `N`.
pub struct Tcp<N: Transport> {
    /// The family that the program knows it by.
    family: IpFamily,
    /// `IPV6_V6ONLY`.
    v6_only: Cell<bool>,
    inner: RefCell<Inner<N>>,
}

impl<N: Transport> Tcp<N> {
    pub(crate) fn open(net: &N, family: IpFamily) -> Result<Self> {
        let socket = net.open(family, Protocol::Tcp).map_err(|error| error_of(Operation::Open, error))?;
        Ok(Self::in_state(family, State::Unconnected { socket: Some(socket), failure: Failure::None }))
    }

    fn in_state(family: IpFamily, state: State<N>) -> Self {
        let inner =
            Inner { state, family, v4_half: None, bound: None, asked: None, read_shut: false, settings: Vec::new() };
        Self { family, v6_only: Cell::new(false), inner: RefCell::new(inner) }
    }
}

impl<N: Transport> Endpoint<N> for Tcp<N> {
    fn bind(&self, net: &N, local: &Address) -> Result<()> {
        let local = self.family.expect(local)?;
        let mut inner = self.inner.borrow_mut();
        inner.check(Operation::Bind)?;
        let local = self.choose_family(&mut inner, local)?;
        inner.bind(net, local, self.is_dual_stack(&local))
    }

    fn connect(&self, net: &N, remote: &Address, wait: Wait) -> Result<()> {
        let remote = self.family.expect(remote)?;
        let mut inner = self.inner.borrow_mut();
        inner.check(Operation::Connect)?;
        match &mut inner.state {
            State::Unconnected { failure: Failure::Pending(_) | Failure::Reported, .. } => Err(inner.report_failure()),
            State::Unconnected { .. } => {
                let remote = self.choose_family(&mut inner, reachable(remote))?;
                inner.start_connection(net, remote, wait)
            }
            State::Connecting { .. } => inner.await_connection(net, wait, Errno::EALREADY),
            State::Connected { acknowledged, .. } if !*acknowledged => {
                *acknowledged = true;
                Ok(())
            }
            State::Connected { .. } | State::Listening { .. } => Err(Errno::EISCONN.into()),
        }
    }

    fn listen(&self, net: &N, backlog: u32) -> Result<()> {
        let mut inner = self.inner.borrow_mut();
        inner.check(Operation::Listen)?;
        if let State::Unconnected { failure: Failure::Pending(_) | Failure::Reported, .. } = inner.state {
            // Only `connect()` ends an attempt that failed in the background.
            return Err(Errno::EINVAL.into());
        }
        let backlog = backlog.max(1);
        if inner.kind() == StateKind::Fresh {
            let local = any_address(self.family, 0);
            inner.bind(net, local, self.is_dual_stack(&local))?;
        }
        inner.any_socket(net)?;
        for half in inner.halves() {
            net.listen(half, backlog).map_err(|error| error_of(Operation::Listen, error))?;
        }
        inner.become_listening();
        Ok(())
    }

    fn accept(&self, net: &N, like: &Attributes, wait: Wait) -> Result<(Rights<N>, Address)> {
        let mut inner = self.inner.borrow_mut();
        inner.check(Operation::Accept)?;
        let accepted = inner.accept_ahead().unwrap_or_else(|| inner.accept(net, wait.deadline));
        let Accepted { socket, peer, family } = accepted.map_err(|error| wait.error(Operation::Accept, error))?;
        let stream = Box::new(Stream::new(socket));
        let connection = Self::in_state(self.family, State::Connected { stream, acknowledged: true });
        connection.v6_only.set(self.v6_only.get());
        let mut new = connection.inner.borrow_mut();
        new.settings = inner.settings.clone();
        new.family = family;
        drop(new);
        // A peer that has already gone cannot be asked for its address.
        let peer = peer.unwrap_or(any_address(family, 0));
        let attributes = Attributes::new(like.family, like.kind, like.protocol);
        attributes.kept.replace(like.kept.borrow().clone());
        Ok((Description::open(attributes, connection), Address::Ip(self.shown(peer))))
    }

    fn receive(
        &self,
        net: &N,
        (max, _): (usize, usize),
        flags: MessageFlags,
        wait: Wait,
    ) -> Result<(Received, Vec<Rights<N>>)> {
        let mut inner = self.inner.borrow_mut();
        if inner.read_shut && matches!(inner.state, State::Unconnected { failure: Failure::None, .. }) {
            return Ok((Received::stream(Vec::new()), Vec::new()));
        }
        inner.await_established(net, Operation::Receive, wait)?;
        match &mut inner.state {
            State::Connected { stream, .. } => {
                // `recv(0)` blocks until data arrives and consumes none, as on Linux.
                let (size, flags) = if max == 0 { (LOOK_AHEAD, flags.union(MessageFlags::PEEK)) } else { (max, flags) };
                let mut received = stream.receive(net, size, flags, wait)?;
                received.data.truncate(max);
                received.length = received.data.len();
                Ok((received, Vec::new()))
            }
            State::Unconnected { failure: Failure::Reported, .. } => Ok((Received::stream(Vec::new()), Vec::new())),
            _ => Err(Errno::ENOTCONN.into()),
        }
    }

    /// A stream has its peer: Linux ignores the address.
    fn send(&self, net: &N, data: &[u8], _: &[Rights<N>], _: Option<&Address>, wait: Wait) -> Result<usize> {
        let mut inner = self.inner.borrow_mut();
        inner.await_established(net, Operation::Send, wait)?;
        match &mut inner.state {
            State::Connected { stream, .. } => stream.send(net, data, wait),
            _ => Err(Errno::EPIPE.into()),
        }
    }

    fn shutdown(&self, net: &N, how: Shutdown) -> Result<()> {
        let mut inner = self.inner.borrow_mut();
        inner.advance(net);
        // Linux takes note of it even where it then says that there is no connection.
        inner.read_shut |= how.reads();
        inner.check(Operation::Shutdown)?;
        inner.changed(net);
        match &mut inner.state {
            State::Connected { stream, .. } => stream.shutdown(net, how),
            State::Connecting { .. } => {
                inner.become_unconnected(Failure::None);
                Ok(())
            }
            State::Listening { .. } if how.reads() => {
                inner.stop_listening();
                Ok(())
            }
            State::Listening { .. } => Ok(()),
            State::Unconnected { .. } => Err(Errno::ENOTCONN.into()),
        }
    }

    fn local_address(&self, net: &N) -> Result<Address> {
        let inner = self.inner.borrow();
        let bound = inner.bound.unwrap_or(any_address(self.family, 0));
        let socket = match &inner.state {
            State::Unconnected { .. } => return Ok(Address::Ip(self.shown(bound))),
            State::Connecting { socket } | State::Listening { socket, .. } => socket,
            State::Connected { stream, .. } => &stream.socket,
        };
        // Between the start and the end of a connection WASI does not know the address yet; after a reset, no more.
        Ok(Address::Ip(self.shown(net.local_address(socket).unwrap_or(bound))))
    }

    fn peer_address(&self, net: &N) -> Result<Address> {
        let mut inner = self.inner.borrow_mut();
        inner.advance(net);
        inner.check(Operation::PeerAddress)?;
        match &inner.state {
            State::Connected { stream, .. } if !stream.is_over(net) => {
                let peer = net.peer_address(&stream.socket).map_err(|_| Error::from(Errno::ENOTCONN))?;
                Ok(Address::Ip(self.shown(peer)))
            }
            _ => Err(Errno::ENOTCONN.into()),
        }
    }

    fn take_error(&self, net: &N) -> Option<Errno> {
        let mut inner = self.inner.borrow_mut();
        inner.advance(net);
        match &mut inner.state {
            State::Unconnected { failure, .. } => match *failure {
                Failure::Pending(errno) => {
                    *failure = Failure::Reported;
                    Some(errno)
                }
                Failure::None | Failure::Reported => None,
            },
            State::Connected { stream, .. } => stream.take_error(),
            State::Connecting { .. } | State::Listening { .. } => None,
        }
    }

    fn is_listening(&self) -> bool {
        matches!(self.inner.borrow().state, State::Listening { .. })
    }

    fn v6_only(&self) -> bool {
        self.v6_only.get()
    }

    /// It is too late once there is an address.
    fn set_v6_only(&self, v6_only: bool) -> Result<()> {
        if self.inner.borrow().kind() != StateKind::Fresh {
            return Err(Errno::EINVAL.into());
        }
        self.v6_only.set(v6_only);
        Ok(())
    }

    fn network_option(&self, net: &N, option: NetOption) -> Option<Result<u64>> {
        Some(self.option(net, option))
    }

    fn set_network_option(&self, net: &N, option: NetOption, value: u64) -> Option<Result<()>> {
        Some(self.set_option(net, option, value))
    }

    fn status(&self, asked: Events) -> Status {
        match &self.inner.borrow().state {
            State::Unconnected { failure: Failure::None, .. } => Status::known(Events::WRITABLE.union(Events::HUP)),
            State::Unconnected { failure, .. } => Status::known(
                Events::READABLE
                    .union(Events::WRITABLE)
                    .union(Events::RDHUP)
                    .union(Events::HUP)
                    .with_if(matches!(failure, Failure::Pending(_)), Events::ERR),
            ),
            State::Connecting { .. } => Status::watching(Events::empty(), false, true),
            State::Connected { stream, .. } => stream.status(asked),
            State::Listening { ahead, .. } => {
                Status::watching(Events::empty().with_if(!ahead.is_empty(), Events::READABLE), ahead.is_empty(), false)
            }
        }
    }

    fn sources(&self) -> [Option<SourceRef<'_, N>>; 2] {
        let inner = self.inner.borrow();
        let (socket, v4_half) = match &inner.state {
            State::Unconnected { .. } => (None, None),
            State::Connecting { socket } => (Some(socket), None),
            State::Connected { stream, .. } => (Some(&stream.socket), None),
            // Both halves of a dual-stack listener are to be watched.
            State::Listening { socket, .. } => (Some(socket), inner.v4_half.as_ref()),
        };
        [socket, v4_half].map(|half| half.cloned().map(SourceRef::Socket))
    }

    fn refresh(&self, net: &N, found: Events) -> Events {
        let mut inner = self.inner.borrow_mut();
        if found.wants_write() {
            inner.advance(net);
        }
        match &mut inner.state {
            State::Connected { stream, .. } => return stream.refresh(net, found),
            State::Listening { ahead, .. } if found.intersects(Events::READABLE) && ahead.len() < ACCEPT_AHEAD => {
                inner.read_ahead(net)
            }
            State::Listening { .. } => {}
            State::Unconnected { .. } | State::Connecting { .. } => {}
        }
        drop(inner);
        self.status(Events::empty()).events
    }
}

impl<N: Transport> Tcp<N> {
    fn option(&self, net: &N, option: NetOption) -> Result<u64> {
        let mut inner = self.inner.borrow_mut();
        let socket = inner.any_socket(net)?;
        net.option(socket, option).map_err(|error| error_of(Operation::Option, error))
    }

    fn set_option(&self, net: &N, option: NetOption, value: u64) -> Result<()> {
        let mut inner = self.inner.borrow_mut();
        inner.any_socket(net)?;
        for half in inner.halves() {
            net.set_option(half, option, value).map_err(|error| error_of(Operation::Option, error))?;
        }
        inner.settings.retain(|(known, _)| *known != option);
        inner.settings.push((option, value));
        Ok(())
    }

    /// `address` as the network knows it, whose family the network's socket is to have from now on.
    fn choose_family(&self, inner: &mut Inner<N>, address: SocketAddr) -> Result<SocketAddr> {
        let address = match unmapped(address) {
            Some(_) if self.family == IpFamily::V6 && self.v6_only.get() => return Err(Errno::ENETUNREACH.into()),
            Some(below) if self.family == IpFamily::V6 => below,
            Some(_) | None => address,
        };
        if self.family == IpFamily::V6 {
            inner.change_family(IpFamily::of(&address))?;
        }
        Ok(address)
    }

    /// Whether a socket bound to `local` is to be reached over IPv4 as well.
    fn is_dual_stack(&self, local: &SocketAddr) -> bool {
        local.is_ipv6() && local.ip().is_unspecified() && !self.v6_only.get()
    }

    /// `address` as the program sees it.
    fn shown(&self, address: SocketAddr) -> SocketAddr {
        match self.family {
            IpFamily::V4 => address,
            IpFamily::V6 => mapped(address),
        }
    }
}
