//! A TCP socket: its states, and what each call does in each of them.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use crate::address::{IpFamily, Shutdown};
use crate::errno::Errno;
use crate::errno_table::{Operation, StateKind, illegal};
use crate::error::{Error, Result};
use crate::message::{MessageFlags, Received};
use crate::net::{Net, NetOption, NetResult, Readiness, Refusal, Transport};
use crate::polling::{Events, Status};
use crate::stream::Stream;
use crate::time::Deadline;
use crate::udp::{any_address, reachable};
use crate::waiting::{Wait, error_of};

/// How many connections may be accepted ahead, for readiness.
const ACCEPT_AHEAD: usize = 1;

/// A TCP socket of `N`.
pub(crate) struct Tcp<N: Net> {
    family: IpFamily,
    inner: RefCell<Inner<N>>,
}

struct Inner<N: Net> {
    state: State<N>,
    /// Where the program bound it; kept for a new attempt after a connection failed.
    bound: Option<SocketAddr>,
    /// Options that the program set, in order; a socket opened anew gets them again.
    settings: Vec<(NetOption, u64)>,
}

/// Where a TCP socket is in its life.
enum State<N: Net> {
    /// Not connected: from `socket()` on, and again after a connection failed. `socket` is opened when it is needed.
    Unconnected { socket: Option<N::Socket>, failure: Failure },
    /// From a `connect()` that did not wait for its end until that end is noticed.
    Connecting { socket: N::Socket },
    /// From a connection's completion until `close()`, whatever the peer does.
    Connected { stream: Box<Stream<N>>, acknowledged: bool },
    /// From `listen()` until `close()`.
    Listening { socket: N::Socket, ahead: VecDeque<Accepted<N>> },
}

/// How the last attempt to connect failed, as far as it matters to later calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    /// It did not, or the program has been told by `connect()` itself.
    None,
    /// It failed in the background; nobody has been told yet.
    Untold(Errno),
    /// It failed in the background, and `SO_ERROR` or a failed call has told it.
    Told,
}

/// A connection that was accepted, and its peer if that was still there to be asked.
type Accepted<N> = (<N as Net>::Socket, Option<SocketAddr>);

impl<N: Net> Tcp<N> {
    pub(crate) fn open(net: &N, family: IpFamily) -> Result<Self> {
        let socket = net.open(family, Transport::Tcp).map_err(|refusal| error_of(Operation::Open, refusal))?;
        Ok(Self::in_state(family, State::Unconnected { socket: Some(socket), failure: Failure::None }))
    }

    fn in_state(family: IpFamily, state: State<N>) -> Self {
        Self { family, inner: RefCell::new(Inner { state, bound: None, settings: Vec::new() }) }
    }

    pub(crate) fn bind(&self, net: &N, local: SocketAddr) -> Result<()> {
        let mut inner = self.inner.borrow_mut();
        inner.check(Operation::Bind)?;
        let socket = inner.unconnected_socket(net, self.family)?;
        net.bind(socket, local).map_err(|refusal| error_of(Operation::Bind, refusal))?;
        inner.bound = Some(inner.local_of_bound(net).unwrap_or(local));
        Ok(())
    }

    pub(crate) fn connect(&self, net: &N, remote: SocketAddr, wait: Wait) -> Result<()> {
        let mut inner = self.inner.borrow_mut();
        inner.check(Operation::Connect)?;
        match &mut inner.state {
            State::Unconnected { failure: Failure::Untold(_) | Failure::Told, .. } => Err(inner.tell_failure()),
            State::Unconnected { .. } => inner.start_connection(net, self.family, reachable(remote), wait),
            State::Connecting { .. } => inner.await_connection(net, wait, Errno::EALREADY),
            State::Connected { acknowledged, .. } if !*acknowledged => {
                *acknowledged = true;
                Ok(())
            }
            State::Connected { .. } | State::Listening { .. } => Err(Error::Os(Errno::EISCONN)),
        }
    }

    pub(crate) fn listen(&self, net: &N, backlog: u32) -> Result<()> {
        let mut inner = self.inner.borrow_mut();
        inner.check(Operation::Listen)?;
        let backlog = backlog.max(1);
        if let State::Listening { socket, .. } = &inner.state {
            return net.listen(socket, backlog).map_err(|refusal| error_of(Operation::Listen, refusal));
        }
        if inner.bound.is_none() {
            let local = any_address(self.family, 0);
            let socket = inner.unconnected_socket(net, self.family)?;
            net.bind(socket, local).map_err(|refusal| error_of(Operation::Listen, refusal))?;
            inner.bound = Some(local);
        }
        let socket = inner.unconnected_socket(net, self.family)?;
        net.listen(socket, backlog).map_err(|refusal| error_of(Operation::Listen, refusal))?;
        inner.become_listening();
        Ok(())
    }

    /// Takes the next connection as a socket of its own, with its peer's address.
    pub(crate) fn accept(&self, net: &N, wait: Wait) -> Result<(Self, SocketAddr)> {
        let mut inner = self.inner.borrow_mut();
        inner.check(Operation::Accept)?;
        let settings = inner.settings.clone();
        let State::Listening { socket, ahead } = &mut inner.state else { return Err(Error::Os(Errno::EINVAL)) };
        let (socket, peer) = match ahead.pop_front() {
            Some(accepted) => accepted,
            None => accept_one(net, socket, wait.deadline).map_err(|refusal| wait.error(Operation::Accept, refusal))?,
        };
        let stream = Box::new(Stream::new(socket));
        let connection = Self::in_state(self.family, State::Connected { stream, acknowledged: true });
        connection.inner.borrow_mut().settings = settings;
        // A peer that has already gone cannot be asked for its address.
        Ok((connection, peer.unwrap_or(any_address(self.family, 0))))
    }

    pub(crate) fn receive(&self, net: &N, max: usize, flags: MessageFlags, wait: Wait) -> Result<Received> {
        let mut inner = self.inner.borrow_mut();
        inner.await_established(net, Operation::Receive, wait)?;
        match &mut inner.state {
            State::Connected { stream, .. } => stream.receive(net, max, flags, wait),
            State::Unconnected { failure: Failure::Told, .. } => Ok(Received::stream(Vec::new())),
            _ => Err(Error::Os(Errno::ENOTCONN)),
        }
    }

    pub(crate) fn send(&self, net: &N, data: &[u8], wait: Wait) -> Result<usize> {
        let mut inner = self.inner.borrow_mut();
        inner.await_established(net, Operation::Send, wait)?;
        match &mut inner.state {
            State::Connected { stream, .. } => stream.send(net, data, wait),
            _ => Err(Error::Os(Errno::EPIPE)),
        }
    }

    pub(crate) fn shutdown(&self, net: &N, how: Shutdown) -> Result<()> {
        let mut inner = self.inner.borrow_mut();
        inner.advance(net);
        inner.check(Operation::Shutdown)?;
        match &mut inner.state {
            State::Connected { stream, .. } => stream.shutdown(net, how),
            State::Connecting { .. } => {
                inner.become_unconnected(Failure::None);
                Ok(())
            }
            State::Listening { .. } if how.reads() => {
                inner.become_unconnected(Failure::None);
                Ok(())
            }
            State::Listening { .. } => Ok(()),
            State::Unconnected { .. } => Err(Error::Os(Errno::ENOTCONN)),
        }
    }

    pub(crate) fn local_address(&self, net: &N) -> Result<SocketAddr> {
        let inner = self.inner.borrow();
        let bound = inner.bound.unwrap_or(any_address(self.family, 0));
        let socket = match &inner.state {
            State::Unconnected { .. } => return Ok(bound),
            State::Connecting { socket } | State::Listening { socket, .. } => socket,
            State::Connected { stream, .. } => &stream.socket,
        };
        // Between the start and the end of a connection WASI does not know the address yet; after a reset, no more.
        Ok(net.local_address(socket).unwrap_or(bound))
    }

    pub(crate) fn peer_address(&self, net: &N) -> Result<SocketAddr> {
        let mut inner = self.inner.borrow_mut();
        inner.advance(net);
        inner.check(Operation::PeerAddress)?;
        match &inner.state {
            State::Connected { stream, .. } if !stream.is_over() => {
                net.peer_address(&stream.socket).map_err(|_| Error::Os(Errno::ENOTCONN))
            }
            _ => Err(Error::Os(Errno::ENOTCONN)),
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

    pub(crate) fn is_connecting(&self) -> bool {
        matches!(self.inner.borrow().state, State::Connecting { .. })
    }

    pub(crate) fn option(&self, net: &N, option: NetOption) -> Result<u64> {
        let mut inner = self.inner.borrow_mut();
        let socket = inner.any_socket(net, self.family)?;
        net.option(socket, option).map_err(|refusal| error_of(Operation::Option, refusal))
    }

    pub(crate) fn set_option(&self, net: &N, option: NetOption, value: u64) -> Result<()> {
        let mut inner = self.inner.borrow_mut();
        let socket = inner.any_socket(net, self.family)?;
        net.set_option(socket, option, value).map_err(|refusal| error_of(Operation::Option, refusal))?;
        inner.settings.retain(|(known, _)| *known != option);
        inner.settings.push((option, value));
        Ok(())
    }

    pub(crate) fn status(&self) -> Status {
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
            State::Connected { stream, .. } => stream.status(),
            State::Listening { ahead, .. } => Status {
                events: Events::NONE.with_if(!ahead.is_empty(), Events::READABLE),
                watch_read: ahead.is_empty(),
                watch_write: false,
            },
        }
    }

    /// The socket that the network is to watch, borrowed for as long as the answer lives.
    pub(crate) fn socket(&self) -> Option<std::cell::Ref<'_, N::Socket>> {
        std::cell::Ref::filter_map(self.inner.borrow(), |inner| match &inner.state {
            State::Unconnected { .. } => None,
            State::Connecting { socket } | State::Listening { socket, .. } => Some(socket),
            State::Connected { stream, .. } => Some(&stream.socket),
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
            State::Listening { socket, ahead } => {
                if ready.read
                    && ahead.len() < ACCEPT_AHEAD
                    && let Ok(accepted) = accept_one(net, socket, Deadline::Now)
                {
                    ahead.push_back(accepted);
                }
            }
            State::Unconnected { .. } | State::Connecting { .. } => {}
        }
        drop(inner);
        self.status().events
    }
}

impl<N: Net> Inner<N> {
    fn kind(&self) -> StateKind {
        match &self.state {
            State::Unconnected { .. } if self.bound.is_some() => StateKind::Bound,
            State::Unconnected { .. } => StateKind::Fresh,
            State::Connecting { .. } => StateKind::Connecting,
            State::Connected { .. } => StateKind::Connected,
            State::Listening { .. } => StateKind::Listening,
        }
    }

    fn check(&self, operation: Operation) -> Result<()> {
        illegal(operation, self.kind()).map_or(Ok(()), |errno| Err(Error::Os(errno)))
    }

    /// The socket of an unconnected one, opened anew with all that the program had set if a failure used it up.
    fn unconnected_socket(&mut self, net: &N, family: IpFamily) -> Result<&N::Socket> {
        let State::Unconnected { socket, .. } = &mut self.state else { return Err(Error::Os(Errno::EINVAL)) };
        if socket.is_none() {
            *socket = Some(reopen(net, family, self.bound, &self.settings)?);
        }
        socket.as_ref().ok_or(Error::Os(Errno::EINVAL))
    }

    /// The socket in whatever state it is.
    fn any_socket(&mut self, net: &N, family: IpFamily) -> Result<&N::Socket> {
        if matches!(self.state, State::Unconnected { .. }) {
            return self.unconnected_socket(net, family);
        }
        match &self.state {
            State::Connecting { socket } | State::Listening { socket, .. } => Ok(socket),
            State::Connected { stream, .. } => Ok(&stream.socket),
            State::Unconnected { .. } => Err(Error::Os(Errno::EINVAL)),
        }
    }

    fn local_of_bound(&self, net: &N) -> Option<SocketAddr> {
        match &self.state {
            State::Unconnected { socket: Some(socket), .. } => net.local_address(socket).ok(),
            _ => None,
        }
    }

    fn start_connection(&mut self, net: &N, family: IpFamily, remote: SocketAddr, wait: Wait) -> Result<()> {
        check_remote(family, remote)?;
        self.unconnected_socket(net, family)?;
        let State::Unconnected { socket, .. } = &mut self.state else { return Err(Error::Os(Errno::EISCONN)) };
        let Some(socket) = socket.take() else { return Err(Error::Os(Errno::EINVAL)) };
        let at_once = wait.deadline == Deadline::Now;
        match net.connect(&socket, remote, wait.deadline) {
            Ok(()) => {
                self.become_connected(socket, !at_once);
                if at_once { Err(Error::Os(Errno::EINPROGRESS)) } else { Ok(()) }
            }
            Err(Refusal::WouldBlock) => {
                self.state = State::Connecting { socket };
                Err(in_progress(wait, Errno::EINPROGRESS))
            }
            Err(refusal) => match error_of(Operation::Connect, refusal) {
                // What only the peer can have said: on Linux a call that may not wait is gone before that arrives.
                Error::Os(errno @ (Errno::ECONNREFUSED | Errno::ECONNRESET)) if at_once => {
                    self.become_unconnected(Failure::Untold(errno));
                    Err(Error::Os(Errno::EINPROGRESS))
                }
                error => Err(error),
            },
        }
    }

    /// Waits for a connection that is under way; `still` is the answer of a call that may not wait.
    fn await_connection(&mut self, net: &N, wait: Wait, still: Errno) -> Result<()> {
        let State::Connecting { socket } = &self.state else { return Ok(()) };
        match net.finish_connect(socket, wait.deadline) {
            Ok(()) => {
                self.complete_connection(true);
                Ok(())
            }
            Err(Refusal::WouldBlock) => Err(in_progress(wait, still)),
            Err(refusal) => {
                self.become_unconnected(Failure::None);
                Err(error_of(Operation::Connect, refusal))
            }
        }
    }

    /// Notices, without waiting, that a connection under way has come to its end.
    fn advance(&mut self, net: &N) {
        let State::Connecting { socket } = &self.state else { return };
        match net.finish_connect(socket, Deadline::Now) {
            Ok(()) => self.complete_connection(false),
            Err(Refusal::WouldBlock) => {}
            Err(refusal) => {
                let errno = match error_of(Operation::Connect, refusal) {
                    Error::Os(errno) => errno,
                    _ => Errno::EIO,
                };
                self.become_unconnected(Failure::Untold(errno));
            }
        }
    }

    /// Waits for a connection under way before bytes go through it, as Linux does, and tells a failure.
    fn await_established(&mut self, net: &N, operation: Operation, wait: Wait) -> Result<()> {
        if matches!(self.state, State::Connecting { .. }) {
            self.advance(net);
        }
        if let State::Connecting { socket } = &self.state {
            match net.finish_connect(socket, wait.deadline) {
                Ok(()) => self.complete_connection(false),
                Err(refusal) => {
                    if refusal != Refusal::WouldBlock {
                        self.become_unconnected(Failure::Told);
                    }
                    return Err(wait.error(Operation::Connect, refusal));
                }
            }
        }
        match &mut self.state {
            State::Unconnected { failure, .. } => match *failure {
                Failure::Untold(errno) => {
                    *failure = Failure::Told;
                    Err(Error::Os(errno))
                }
                Failure::Told => Ok(()),
                Failure::None => self.check(operation),
            },
            _ => self.check(operation),
        }
    }

    /// What `connect()` answers after one that failed in the background; the one after it starts anew.
    fn tell_failure(&mut self) -> Error {
        let State::Unconnected { failure, .. } = &mut self.state else { return Error::Os(Errno::EISCONN) };
        let told = match std::mem::replace(failure, Failure::None) {
            Failure::Untold(errno) => errno,
            Failure::Told | Failure::None => Errno::ECONNABORTED,
        };
        Error::Os(told)
    }

    fn become_connected(&mut self, socket: N::Socket, acknowledged: bool) {
        self.state = State::Connected { stream: Box::new(Stream::new(socket)), acknowledged };
    }

    fn complete_connection(&mut self, acknowledged: bool) {
        let idle = State::Unconnected { socket: None, failure: Failure::None };
        match std::mem::replace(&mut self.state, idle) {
            State::Connecting { socket } => self.become_connected(socket, acknowledged),
            other => self.state = other,
        }
    }

    fn become_unconnected(&mut self, failure: Failure) {
        self.state = State::Unconnected { socket: None, failure };
    }

    fn become_listening(&mut self) {
        let idle = State::Unconnected { socket: None, failure: Failure::None };
        self.state = match std::mem::replace(&mut self.state, idle) {
            State::Unconnected { socket: Some(socket), .. } => State::Listening { socket, ahead: VecDeque::new() },
            other => other,
        };
    }
}

fn in_progress(wait: Wait, still: Errno) -> Error {
    match wait.expired() {
        Error::Os(_) => Error::Os(still),
        timeout => timeout,
    }
}

/// Refuses what WASI would refuse as well, with Linux's errno.
fn check_remote(family: IpFamily, remote: SocketAddr) -> Result<()> {
    match (family, remote.ip()) {
        (IpFamily::V4, IpAddr::V6(_)) | (IpFamily::V6, IpAddr::V4(_)) => Err(Error::Os(Errno::EAFNOSUPPORT)),
        (_, address) if address.is_multicast() => Err(Error::Os(Errno::ENETUNREACH)),
        // No server listens on port 0.
        _ if remote.port() == 0 => Err(Error::Os(Errno::ECONNREFUSED)),
        _ => Ok(()),
    }
}

/// Takes a connection; those that were aborted while they waited are passed over, as Linux passes over them.
fn accept_one<N: Net>(net: &N, socket: &N::Socket, deadline: Deadline) -> NetResult<Accepted<N>> {
    loop {
        match net.accept(socket, deadline) {
            Err(refusal) if refusal.is_lost_connection() => {}
            answer => return answer,
        }
    }
}

/// Opens a socket as the one before it was: bound where it was bound, with the options that it had.
fn reopen<N: Net>(
    net: &N,
    family: IpFamily,
    bound: Option<SocketAddr>,
    settings: &[(NetOption, u64)],
) -> Result<N::Socket> {
    let socket = net.open(family, Transport::Tcp).map_err(|refusal| error_of(Operation::Open, refusal))?;
    for (option, value) in settings {
        // They were accepted once; one that is refused now must not cost the socket.
        let _ = net.set_option(&socket, *option, *value);
    }
    if let Some(local) = bound {
        net.bind(&socket, local).map_err(|refusal| error_of(Operation::Bind, refusal))?;
    }
    Ok(socket)
}
