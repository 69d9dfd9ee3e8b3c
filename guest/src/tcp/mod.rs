//! A TCP socket: what each call does in each of its states.

mod inner;

use std::cell::{Cell, Ref, RefCell};
use std::net::SocketAddr;

use self::inner::{Accepted, Failure, Inner, State};
use crate::address::{IpFamily, Shutdown};
use crate::dual_stack::{mapped, unmapped};
use crate::errno::Errno;
use crate::errno_table::{Operation, StateKind};
use crate::error::{Error, Result};
use crate::message::{MessageFlags, Received};
use crate::net::{Net, NetOption, Readiness, Transport};
use crate::polling::{Events, Status};
use crate::stream::Stream;
use crate::udp::{any_address, reachable};
use crate::waiting::{Wait, error_of};

/// How many bytes someone looks for who asks for none.
const LOOK_AHEAD: usize = 1 << 16;

/// How many connections may be accepted ahead, for readiness.
const ACCEPT_AHEAD: usize = 1;

/// A TCP socket of `N`.
pub(crate) struct Tcp<N: Net> {
    /// The family that the program knows it by.
    family: IpFamily,
    /// `IPV6_V6ONLY`.
    v6_only: Cell<bool>,
    inner: RefCell<Inner<N>>,
}

impl<N: Net> Tcp<N> {
    pub(crate) fn open(net: &N, family: IpFamily) -> Result<Self> {
        let socket = net.open(family, Transport::Tcp).map_err(|refusal| error_of(Operation::Open, refusal))?;
        Ok(Self::in_state(family, State::Unconnected { socket: Some(socket), failure: Failure::None }))
    }

    fn in_state(family: IpFamily, state: State<N>) -> Self {
        let inner =
            Inner { state, family, twin: None, bound: None, asked: None, read_shut: false, settings: Vec::new() };
        Self { family, v6_only: Cell::new(false), inner: RefCell::new(inner) }
    }

    pub(crate) fn bind(&self, net: &N, local: SocketAddr) -> Result<()> {
        let mut inner = self.inner.borrow_mut();
        inner.check(Operation::Bind)?;
        let local = self.choose_family(&mut inner, local)?;
        inner.bind(net, local, self.is_dual_stack(&local))
    }

    pub(crate) fn connect(&self, net: &N, remote: SocketAddr, wait: Wait) -> Result<()> {
        let mut inner = self.inner.borrow_mut();
        inner.check(Operation::Connect)?;
        match &mut inner.state {
            State::Unconnected { failure: Failure::Untold(_) | Failure::Told, .. } => Err(inner.tell_failure()),
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

    pub(crate) fn listen(&self, net: &N, backlog: u32) -> Result<()> {
        let mut inner = self.inner.borrow_mut();
        inner.check(Operation::Listen)?;
        if let State::Unconnected { failure: Failure::Untold(_) | Failure::Told, .. } = inner.state {
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
            net.listen(half, backlog).map_err(|refusal| error_of(Operation::Listen, refusal))?;
        }
        inner.become_listening();
        Ok(())
    }

    /// Takes the next connection as a socket of its own, with its peer's address.
    pub(crate) fn accept(&self, net: &N, wait: Wait) -> Result<(Self, SocketAddr)> {
        let mut inner = self.inner.borrow_mut();
        inner.check(Operation::Accept)?;
        let accepted = inner.accept_ahead().unwrap_or_else(|| inner.accept(net, wait.deadline));
        let Accepted { socket, peer, family } = accepted.map_err(|refusal| wait.error(Operation::Accept, refusal))?;
        let stream = Box::new(Stream::new(socket));
        let connection = Self::in_state(self.family, State::Connected { stream, acknowledged: true });
        connection.v6_only.set(self.v6_only.get());
        let mut new = connection.inner.borrow_mut();
        new.settings = inner.settings.clone();
        new.family = family;
        drop(new);
        // A peer that has already gone cannot be asked for its address.
        let peer = peer.unwrap_or(any_address(family, 0));
        Ok((connection, self.shown(peer)))
    }

    pub(crate) fn receive(&self, net: &N, max: usize, flags: MessageFlags, wait: Wait) -> Result<Received> {
        let mut inner = self.inner.borrow_mut();
        if inner.read_shut && matches!(inner.state, State::Unconnected { failure: Failure::None, .. }) {
            return Ok(Received::stream(Vec::new()));
        }
        inner.await_established(net, Operation::Receive, wait)?;
        match &mut inner.state {
            State::Connected { stream, .. } => {
                // Who asks for nothing waits all the same until there is something, and leaves it there.
                let (size, flags) = if max == 0 { (LOOK_AHEAD, flags.with(MessageFlags::PEEK)) } else { (max, flags) };
                let mut received = stream.receive(net, size, flags, wait)?;
                received.data.truncate(max);
                received.length = received.data.len();
                Ok(received)
            }
            State::Unconnected { failure: Failure::Told, .. } => Ok(Received::stream(Vec::new())),
            _ => Err(Errno::ENOTCONN.into()),
        }
    }

    pub(crate) fn send(&self, net: &N, data: &[u8], wait: Wait) -> Result<usize> {
        let mut inner = self.inner.borrow_mut();
        inner.await_established(net, Operation::Send, wait)?;
        match &mut inner.state {
            State::Connected { stream, .. } => stream.send(net, data, wait),
            _ => Err(Errno::EPIPE.into()),
        }
    }

    pub(crate) fn shutdown(&self, net: &N, how: Shutdown) -> Result<()> {
        let mut inner = self.inner.borrow_mut();
        inner.advance(net);
        // Linux takes note of it even where it then says that there is no connection.
        inner.read_shut |= how.reads();
        inner.check(Operation::Shutdown)?;
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

    pub(crate) fn local_address(&self, net: &N) -> Result<SocketAddr> {
        let inner = self.inner.borrow();
        let bound = inner.bound.unwrap_or(any_address(self.family, 0));
        let socket = match &inner.state {
            State::Unconnected { .. } => return Ok(self.shown(bound)),
            State::Connecting { socket } | State::Listening { socket, .. } => socket,
            State::Connected { stream, .. } => &stream.socket,
        };
        // Between the start and the end of a connection WASI does not know the address yet; after a reset, no more.
        Ok(self.shown(net.local_address(socket).unwrap_or(bound)))
    }

    pub(crate) fn peer_address(&self, net: &N) -> Result<SocketAddr> {
        let mut inner = self.inner.borrow_mut();
        inner.advance(net);
        inner.check(Operation::PeerAddress)?;
        match &inner.state {
            State::Connected { stream, .. } if !stream.is_over(net) => {
                let peer = net.peer_address(&stream.socket).map_err(|_| Error::from(Errno::ENOTCONN))?;
                Ok(self.shown(peer))
            }
            _ => Err(Errno::ENOTCONN.into()),
        }
    }

    /// `SO_ERROR`: the error that waits, once.
    pub(crate) fn take_error(&self, net: &N) -> Option<Errno> {
        let mut inner = self.inner.borrow_mut();
        inner.advance(net);
        match &mut inner.state {
            State::Unconnected { failure, .. } => match *failure {
                Failure::Untold(errno) => {
                    *failure = Failure::Told;
                    Some(errno)
                }
                Failure::None | Failure::Told => None,
            },
            State::Connected { stream, .. } => stream.take_error(),
            State::Connecting { .. } | State::Listening { .. } => None,
        }
    }

    /// `SO_ACCEPTCONN`.
    pub(crate) fn is_listening(&self) -> bool {
        matches!(self.inner.borrow().state, State::Listening { .. })
    }

    /// `IPV6_V6ONLY`.
    pub(crate) fn v6_only(&self) -> bool {
        self.v6_only.get()
    }

    /// Sets `IPV6_V6ONLY`; it is too late once there is an address.
    pub(crate) fn set_v6_only(&self, v6_only: bool) -> Result<()> {
        if self.inner.borrow().kind() != StateKind::Fresh {
            return Err(Errno::EINVAL.into());
        }
        self.v6_only.set(v6_only);
        Ok(())
    }

    pub(crate) fn is_connecting(&self) -> bool {
        matches!(self.inner.borrow().state, State::Connecting { .. })
    }

    pub(crate) fn option(&self, net: &N, option: NetOption) -> Result<u64> {
        let mut inner = self.inner.borrow_mut();
        let socket = inner.any_socket(net)?;
        net.option(socket, option).map_err(|refusal| error_of(Operation::Option, refusal))
    }

    pub(crate) fn set_option(&self, net: &N, option: NetOption, value: u64) -> Result<()> {
        let mut inner = self.inner.borrow_mut();
        inner.any_socket(net)?;
        for half in inner.halves() {
            net.set_option(half, option, value).map_err(|refusal| error_of(Operation::Option, refusal))?;
        }
        inner.settings.retain(|(known, _)| *known != option);
        inner.settings.push((option, value));
        Ok(())
    }

    pub(crate) fn status(&self, asked: Events) -> Status {
        match &self.inner.borrow().state {
            State::Unconnected { failure: Failure::None, .. } => Status::known(Events::WRITABLE.with(Events::HUP)),
            State::Unconnected { failure, .. } => Status::known(
                Events::READABLE
                    .with(Events::WRITABLE)
                    .with(Events::RDHUP)
                    .with(Events::HUP)
                    .with_if(matches!(failure, Failure::Untold(_)), Events::ERR),
            ),
            State::Connecting { .. } => Status { events: Events::NONE, watch_read: false, watch_write: true },
            State::Connected { stream, .. } => stream.status(asked),
            State::Listening { ahead, .. } => Status {
                events: Events::NONE.with_if(!ahead.is_empty(), Events::READABLE),
                watch_read: ahead.is_empty(),
                watch_write: false,
            },
        }
    }

    /// The socket that the network is to watch, borrowed for as long as the answer lives.
    pub(crate) fn socket(&self) -> Option<Ref<'_, N::Socket>> {
        Ref::filter_map(self.inner.borrow(), |inner| match &inner.state {
            State::Unconnected { .. } => None,
            State::Connecting { socket } | State::Listening { socket, .. } => Some(socket),
            State::Connected { stream, .. } => Some(&stream.socket),
        })
        .ok()
    }

    /// The IPv4 half of a dual-stack listener, which the network is to watch as well.
    pub(crate) fn listening_twin(&self) -> Option<Ref<'_, N::Socket>> {
        Ref::filter_map(self.inner.borrow(), |inner| match &inner.state {
            State::Listening { .. } => inner.twin.as_ref(),
            State::Unconnected { .. } | State::Connecting { .. } | State::Connected { .. } => None,
        })
        .ok()
    }

    /// Takes in what the network found ready; what it reports then.
    pub(crate) fn refresh(&self, net: &N, ready: Readiness) -> Events {
        let mut inner = self.inner.borrow_mut();
        if ready.write {
            inner.advance(net);
        }
        match &mut inner.state {
            State::Connected { stream, .. } => return stream.refresh(net, ready),
            State::Listening { ahead, .. } if ready.read && ahead.len() < ACCEPT_AHEAD => inner.read_ahead(net),
            State::Listening { .. } => {}
            State::Unconnected { .. } | State::Connecting { .. } => {}
        }
        drop(inner);
        self.status(Events::NONE).events
    }
}

impl<N: Net> Tcp<N> {
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
