//! The inside of a TCP socket: its states and how one becomes another.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use crate::address::IpFamily;
use crate::dual_stack::bind_v4_half;
use crate::errno::Errno;
use crate::errno_table::{Operation, StateKind, illegal};
use crate::error::{Error, Result};
use crate::net::{Interest, NetError, NetOption, NetResult, Protocol, Source, Transport};
use crate::polling::Events;
use crate::stream::Stream;
use crate::time::Deadline;
use crate::udp::any_address;
use crate::waiting::{Wait, error_of};

/// How many ports are tried until one is free on both halves of a dual-stack socket.
const PORT_ATTEMPTS: usize = 16;

/// What changes about a socket.
pub(super) struct Inner<N: Transport> {
    pub(super) state: State<N>,
    /// The family of the network's socket: IPv4 below a socket of IPv6 whose address is an IPv4-mapped one.
    pub(super) family: IpFamily,
    /// The IPv4 half of a dual-stack socket, from `bind()` until it connects or is closed.
    pub(super) v4_half: Option<N::Socket>,
    /// Where it is bound.
    pub(super) bound: Option<SocketAddr>,
    /// Where the program asked to bind it, perhaps to any port; a new attempt after a connection failed asks for the same.
    pub(super) asked: Option<SocketAddr>,
    /// The program has shut the direction in, connected or not.
    pub(super) read_shut: bool,
    /// Options that the program set, in order; a socket opened anew gets them again.
    pub(super) settings: Vec<(NetOption, u64)>,
}

/// Where a TCP socket is in its life.
pub(super) enum State<N: Transport> {
    /// Not connected: from `socket()` on, and again after a connection failed. `socket` is opened when it is needed.
    Unconnected { socket: Option<N::Socket>, failure: Failure },
    /// From a `connect()` that did not wait for its end until that end is noticed.
    Connecting { socket: N::Socket },
    /// From a connection's completion until `close()`, whatever the peer does.
    Connected { stream: Box<Stream<N>>, acknowledged: bool },
    /// From `listen()` until `close()`.
    Listening { socket: N::Socket, ahead: VecDeque<NetResult<Accepted<N>>> },
}

/// How the last attempt to connect failed, as far as it matters to later calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// It did not fail, or `connect()` itself has reported it.
    None,
    /// It failed in the background, and nothing has reported it yet.
    Pending(Errno),
    /// It failed in the background, and `SO_ERROR` or a failed call has reported it.
    Reported,
}

/// A connection that was accepted.
pub(super) struct Accepted<N: Transport> {
    pub(super) socket: N::Socket,
    /// Its peer, if that was still there to be asked.
    pub(super) peer: Option<SocketAddr>,
    /// The family of the half that accepted it.
    pub(super) family: IpFamily,
}

impl<N: Transport> Inner<N> {
    pub(super) fn kind(&self) -> StateKind {
        match &self.state {
            State::Unconnected { .. } if self.bound.is_some() => StateKind::Bound,
            State::Unconnected { .. } => StateKind::Fresh,
            State::Connecting { .. } => StateKind::Connecting,
            State::Connected { .. } => StateKind::Connected,
            State::Listening { .. } => StateKind::Listening,
        }
    }

    pub(super) fn check(&self, operation: Operation) -> Result<()> {
        illegal(operation, self.kind()).map_or(Ok(()), |errno| Err(Error::from(errno)))
    }

    /// Binds, both halves where there are to be two.
    pub(super) fn bind(&mut self, net: &N, local: SocketAddr, dual_stack: bool) -> Result<()> {
        for _ in 0..PORT_ATTEMPTS {
            let socket = self.unconnected_socket(net)?;
            net.bind(socket, local).map_err(|error| error_of(Operation::Bind, error))?;
            let bound = self.local_of_bound(net).unwrap_or(local);
            let v4_half = if dual_stack { bind_v4_half(net, bound.port(), &self.settings) } else { Ok(None) };
            match v4_half {
                Ok(v4_half) => {
                    // Two halves share the port that was found for both.
                    self.asked = Some(if v4_half.is_some() { bound } else { local });
                    self.v4_half = v4_half;
                    self.bound = Some(bound);
                    return Ok(());
                }
                // The port is taken on one half only: another one is as good if any was asked for.
                Err(Error::Os { errno: Errno::EADDRINUSE, .. }) if local.port() == 0 => {
                    self.become_unconnected(Failure::None)
                }
                Err(error) => {
                    self.become_unconnected(Failure::None);
                    return Err(error);
                }
            }
        }
        Err(Errno::EADDRINUSE.into())
    }

    /// Makes the network's socket one of `family`, if it is not yet.
    pub(super) fn change_family(&mut self, family: IpFamily) -> Result<()> {
        let State::Unconnected { socket, .. } = &mut self.state else { return Ok(()) };
        if self.family == family {
            return Ok(());
        }
        match (self.bound, self.v4_half.take()) {
            (None, _) => *socket = None,
            // The half that is bound for this already takes over.
            (Some(bound), Some(v4_half)) => {
                *socket = Some(v4_half);
                self.bound = Some(any_address(family, bound.port()));
                self.asked = self.asked.map(|asked| any_address(family, asked.port()));
            }
            (Some(_), None) => return Err(Errno::EINVAL.into()),
        }
        self.family = family;
        Ok(())
    }

    /// The socket of an unconnected one, opened anew with all that the program had set if a failure used it up.
    pub(super) fn unconnected_socket(&mut self, net: &N) -> Result<&N::Socket> {
        let State::Unconnected { socket, .. } = &mut self.state else { return Err(Errno::EINVAL.into()) };
        if socket.is_none() {
            let fresh = reopen(net, self.family, self.asked, &self.settings)?;
            self.bound = self.bound.map(|bound| net.local_address(&fresh).unwrap_or(bound));
            *socket = Some(fresh);
        }
        socket.as_ref().ok_or(Error::from(Errno::EINVAL))
    }

    /// The socket in whatever state it is.
    pub(super) fn any_socket(&mut self, net: &N) -> Result<&N::Socket> {
        if matches!(self.state, State::Unconnected { .. }) {
            return self.unconnected_socket(net);
        }
        self.open_socket().ok_or(Error::from(Errno::EINVAL))
    }

    pub(super) fn open_socket(&self) -> Option<&N::Socket> {
        match &self.state {
            State::Unconnected { socket, .. } => socket.as_ref(),
            State::Connecting { socket } | State::Listening { socket, .. } => Some(socket),
            State::Connected { stream, .. } => Some(&stream.socket),
        }
    }

    /// All sockets of the network that are open for this one.
    pub(super) fn halves(&self) -> impl Iterator<Item = &N::Socket> {
        self.open_socket().into_iter().chain(&self.v4_half)
    }

    /// A connection that was accepted ahead, or why that failed.
    pub(super) fn accept_ahead(&mut self) -> Option<NetResult<Accepted<N>>> {
        match &mut self.state {
            State::Listening { ahead, .. } => ahead.pop_front(),
            State::Unconnected { .. } | State::Connecting { .. } | State::Connected { .. } => None,
        }
    }

    /// Accepts on either half.
    pub(super) fn accept(&self, net: &N, deadline: Deadline) -> NetResult<Accepted<N>> {
        let State::Listening { socket, .. } = &self.state else { return Err(NetError::Errno(Errno::EINVAL)) };
        let Some(v4_half) = &self.v4_half else { return accept_one(net, socket, self.family, deadline) };
        loop {
            for (half, family) in [(socket, self.family), (v4_half, IpFamily::V4)] {
                match accept_one(net, half, family, Deadline::Now) {
                    Err(NetError::WouldBlock) => {}
                    answer => return answer,
                }
            }
            let interests = [socket, v4_half].map(|half| Interest { source: Source::Socket(half), events: Events::IN });
            let is_ready = |found: Vec<Events>| found.iter().any(|events| !events.is_empty());
            if deadline == Deadline::Now || !net.poll(&interests, deadline).is_ok_and(is_ready) {
                return Err(NetError::WouldBlock);
            }
        }
    }

    /// Accepts ahead what waits. A failure, such as that of a host without room for one more socket, is for `accept()` to
    /// tell: the connection goes on waiting, and so would a `poll()` that hears of it again and again.
    pub(super) fn read_ahead(&mut self, net: &N) {
        let accepted = self.accept(net, Deadline::Now);
        if let State::Listening { ahead, .. } = &mut self.state
            && !matches!(accepted, Err(NetError::WouldBlock))
        {
            ahead.push_back(accepted);
        }
        self.changed(net);
    }

    pub(super) fn local_of_bound(&self, net: &N) -> Option<SocketAddr> {
        match &self.state {
            State::Unconnected { socket: Some(socket), .. } => net.local_address(socket).ok(),
            _ => None,
        }
    }

    pub(super) fn start_connection(&mut self, net: &N, remote: SocketAddr, wait: Wait) -> Result<()> {
        check_remote(self.family, remote)?;
        self.v4_half = None;
        self.unconnected_socket(net)?;
        let State::Unconnected { socket, .. } = &mut self.state else { return Err(Errno::EISCONN.into()) };
        let Some(socket) = socket.take() else { return Err(Errno::EINVAL.into()) };
        let at_once = wait.is_at_once();
        match net.connect(&socket, remote, wait.deadline) {
            Ok(()) => {
                self.become_connected(socket, !at_once);
                if at_once { Err(Errno::EINPROGRESS.into()) } else { Ok(()) }
            }
            Err(NetError::WouldBlock) => {
                self.state = State::Connecting { socket };
                Err(in_progress(wait, Errno::EINPROGRESS))
            }
            Err(error) => match error_of(Operation::Connect, error) {
                // What only the peer can have said: on Linux a call that may not wait is gone before that arrives.
                Error::Os { errno: errno @ (Errno::ECONNREFUSED | Errno::ECONNRESET), .. } if at_once => {
                    self.fail_in_background(errno);
                    Err(Errno::EINPROGRESS.into())
                }
                error => Err(error),
            },
        }
    }

    /// Waits for a connection that is under way; `still` is the answer of a call that may not wait.
    pub(super) fn await_connection(&mut self, net: &N, wait: Wait, still: Errno) -> Result<()> {
        let State::Connecting { socket } = &self.state else { return Ok(()) };
        match net.finish_connect(socket, wait.deadline) {
            Ok(()) => {
                self.complete_connection(true);
                Ok(())
            }
            Err(NetError::WouldBlock) => Err(in_progress(wait, still)),
            Err(error) => {
                self.become_unconnected(Failure::None);
                Err(error_of(Operation::Connect, error))
            }
        }
    }

    /// Notices, without waiting, that a connection under way has come to its end.
    pub(super) fn advance(&mut self, net: &N) {
        let State::Connecting { socket } = &self.state else { return };
        match net.finish_connect(socket, Deadline::Now) {
            Ok(()) => self.complete_connection(false),
            Err(NetError::WouldBlock) => {}
            Err(error) => {
                let errno = match error_of(Operation::Connect, error) {
                    Error::Os { errno, .. } => errno,
                    _ => Errno::EIO,
                };
                self.changed(net);
                self.fail_in_background(errno);
            }
        }
    }

    /// Has other threads that wait for this socket look again.
    pub(super) fn changed(&self, net: &N) {
        if N::HAS_THREADS {
            self.halves().for_each(|half| net.changed_at(&Source::Socket(half)));
        }
    }

    /// Waits for a connection under way before bytes go through it, as Linux does, and reports a failure.
    pub(super) fn await_established(&mut self, net: &N, operation: Operation, wait: Wait) -> Result<()> {
        if matches!(self.state, State::Connecting { .. }) {
            self.advance(net);
        }
        if let State::Connecting { socket } = &self.state {
            match net.finish_connect(socket, wait.deadline) {
                Ok(()) => self.complete_connection(false),
                Err(error) => {
                    if error != NetError::WouldBlock {
                        self.become_unconnected(Failure::Reported);
                    }
                    return Err(wait.error(Operation::Connect, error));
                }
            }
        }
        match &mut self.state {
            State::Unconnected { failure, .. } => match *failure {
                Failure::Pending(errno) => {
                    *failure = Failure::Reported;
                    Err(Error::from(errno))
                }
                Failure::Reported => Ok(()),
                Failure::None => self.check(operation),
            },
            _ => self.check(operation),
        }
    }

    /// What `connect()` answers after one that failed in the background; the one after it starts anew.
    pub(super) fn report_failure(&mut self) -> Error {
        let State::Unconnected { failure, .. } = &mut self.state else { return Error::from(Errno::EISCONN) };
        let told = match std::mem::replace(failure, Failure::None) {
            Failure::Pending(errno) => errno,
            Failure::Reported | Failure::None => Errno::ECONNABORTED,
        };
        Error::from(told)
    }

    pub(super) fn become_connected(&mut self, socket: N::Socket, acknowledged: bool) {
        self.state = State::Connected { stream: Box::new(Stream::new(socket)), acknowledged };
    }

    pub(super) fn complete_connection(&mut self, acknowledged: bool) {
        let idle = State::Unconnected { socket: None, failure: Failure::None };
        match std::mem::replace(&mut self.state, idle) {
            State::Connecting { socket } => self.become_connected(socket, acknowledged),
            other => self.state = other,
        }
    }

    pub(super) fn become_unconnected(&mut self, failure: Failure) {
        self.state = State::Unconnected { socket: None, failure };
    }

    /// Ends both halves of a listener.
    pub(super) fn stop_listening(&mut self) {
        self.become_unconnected(Failure::None);
        self.read_shut = false;
        self.v4_half = None;
        self.give_back_port();
    }

    fn fail_in_background(&mut self, errno: Errno) {
        self.become_unconnected(Failure::Pending(errno));
        self.give_back_port();
    }

    /// A port that was not asked for by number is the system's again, once what it was for has ended.
    fn give_back_port(&mut self) {
        if self.asked.is_none_or(|asked| asked.port() == 0) {
            (self.bound, self.asked) = (None, None);
        }
    }

    pub(super) fn become_listening(&mut self) {
        let idle = State::Unconnected { socket: None, failure: Failure::None };
        self.state = match std::mem::replace(&mut self.state, idle) {
            State::Unconnected { socket: Some(socket), .. } => State::Listening { socket, ahead: VecDeque::new() },
            other => other,
        };
    }
}

fn in_progress(wait: Wait, still: Errno) -> Error {
    match wait.expired() {
        Error::Os { .. } => Error::from(still),
        timeout => timeout,
    }
}

/// Refuses what WASI would refuse as well, with Linux's errno.
fn check_remote(family: IpFamily, remote: SocketAddr) -> Result<()> {
    match (family, remote.ip()) {
        (IpFamily::V4, IpAddr::V6(_)) | (IpFamily::V6, IpAddr::V4(_)) => Err(Errno::EAFNOSUPPORT.into()),
        (_, address) if address.is_multicast() => Err(Errno::ENETUNREACH.into()),
        // No server listens on port 0.
        _ if remote.port() == 0 => Err(Errno::ECONNREFUSED.into()),
        _ => Ok(()),
    }
}

/// Takes a connection; those that were aborted while they waited are passed over, as Linux passes over them.
fn accept_one<N: Transport>(
    net: &N,
    socket: &N::Socket,
    family: IpFamily,
    deadline: Deadline,
) -> NetResult<Accepted<N>> {
    loop {
        match net.accept(socket, deadline) {
            Err(error) if error.is_lost_connection() => {}
            answer => return answer.map(|(socket, peer)| Accepted { socket, peer, family }),
        }
    }
}

/// Opens a socket as the one before it was: bound where that was to be bound, with the options that it had. Linux, too, gives
/// a port back that it has picked itself.
fn reopen<N: Transport>(
    net: &N,
    family: IpFamily,
    asked: Option<SocketAddr>,
    settings: &[(NetOption, u64)],
) -> Result<N::Socket> {
    let socket = net.open(family, Protocol::Tcp).map_err(|error| error_of(Operation::Open, error))?;
    for (option, value) in settings {
        // They were accepted once; one that is refused now must not cost the socket.
        let _ = net.set_option(&socket, *option, *value);
    }
    if let Some(local) = asked {
        net.bind(&socket, local).map_err(|error| error_of(Operation::Bind, error))?;
    }
    Ok(socket)
}
