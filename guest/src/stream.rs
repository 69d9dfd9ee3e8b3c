//! A TCP connection: bytes in, bytes out, and how each direction ends.

use crate::address::Shutdown;
use crate::errno::Errno;
use crate::errno_table::Operation;
use crate::error::{Error, Result};
use crate::inbound::Inbound;
use crate::message::{MessageFlags, Received};
use crate::net::{NetError, NetResult, Source, Transport};
use crate::polling::Events;
use crate::status::Status;
use crate::time::Deadline;
use crate::waiting::{Wait, error_of};

/// The least and the most that is read ahead at once. It grows with what arrives: the host clears as much memory as it
/// is asked for, so asking for much costs something even where little comes.
const READ_AHEAD: std::ops::RangeInclusive<usize> = 4 * 1024..=64 * 1024;

/// How much `MSG_PEEK`, `MSG_WAITALL | MSG_PEEK` and the search for the end of a stream read ahead at most.
const PEEK_LIMIT: usize = 256 * 1024;

/// With more than this unread, a socket that shuts both halves lets the network go on: what has arrived must not be lost.
const REFUSED_BEHIND: usize = 1024 * 1024;

/// The most that is asked of a network at once.
const RECEIVE_LIMIT: usize = 1024 * 1024;

/// An established connection of `N`, until its socket is closed.
pub(crate) struct Stream<N: Transport> {
    pub(crate) socket: N::Socket,
    inbound: Inbound,
    /// Whether more than `inbound` may have arrived: reading ahead stopped at its own limit, or time may have passed since.
    more_behind: bool,
    /// How much to read ahead next time.
    read_ahead: usize,
    incoming: Incoming,
    /// The error of the connection; reported once, by the next call or by `SO_ERROR`.
    pending: Option<Errno>,
    read_shut: bool,
    write_shut: bool,
}

/// Whether more bytes can come from the peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Incoming {
    /// The peer may send more. Left when the network says that the stream has ended or failed.
    Open,
    /// The peer has shut down its sending half.
    Ended,
    /// The connection is no more: it was reset, or timed out.
    Broken,
    /// This side has shut down both halves, and the network refuses what the peer still sends.
    Refused,
}

impl<N: Transport> Stream<N> {
    pub(crate) fn new(socket: N::Socket) -> Self {
        Self {
            socket,
            inbound: Inbound::default(),
            more_behind: false,
            read_ahead: *READ_AHEAD.start(),
            incoming: Incoming::Open,
            pending: None,
            read_shut: false,
            write_shut: false,
        }
    }

    /// Whether the connection has no peer any more: it was reset, or both sides have ended it.
    pub(crate) fn is_over(&self, net: &N) -> bool {
        match self.incoming {
            Incoming::Open => false,
            Incoming::Broken => true,
            Incoming::Ended if self.write_shut => true,
            // What else the peer does is not read any more; the network takes note of it.
            Incoming::Ended | Incoming::Refused => net.peer_address(&self.socket).is_err(),
        }
    }

    /// `SO_ERROR`: what befell the connection, once.
    pub(crate) fn take_error(&mut self) -> Option<Errno> {
        self.pending.take()
    }

    pub(crate) fn receive(&mut self, net: &N, max: usize, flags: MessageFlags, wait: Wait) -> Result<Received> {
        let peek = flags.contains(MessageFlags::PEEK);
        if peek {
            self.fill(net, max.min(PEEK_LIMIT), flags, wait)?;
            self.more_behind = true;
            self.check_complete(max.min(PEEK_LIMIT), flags, wait)?;
            return Ok(Received::stream(self.inbound.peek(max)));
        }
        if wait.is_tried::<N>() && flags.contains(MessageFlags::WAITALL) && wait.is_blocking() {
            self.fill(net, max, flags, wait)?;
            self.check_complete(max, flags, wait)?;
        }
        let mut data = self.receive_some(net, max, wait)?;
        if flags.contains(MessageFlags::WAITALL) && wait.is_blocking() {
            while data.len() < max {
                match self.receive_some(net, max - data.len(), wait) {
                    Ok(more) if more.is_empty() => break,
                    Ok(more) => data.extend_from_slice(&more),
                    Err(Error::Os { errno: Errno::EAGAIN, .. }) => break,
                    Err(Error::Os { errno, .. }) => {
                        self.pending = Some(errno);
                        break;
                    }
                    Err(_) => break,
                }
            }
        }
        Ok(Received::stream(data))
    }

    /// What came so far of all that a call waits for stays here until its next try.
    fn check_complete(&self, want: usize, flags: MessageFlags, wait: Wait) -> Result<()> {
        let is_for_all = wait.is_tried::<N>() && flags.contains(MessageFlags::WAITALL) && wait.is_blocking();
        let may_more_come = self.incoming == Incoming::Open && !self.read_shut;
        if is_for_all && may_more_come && self.inbound.len() < want { Err(wait.expired()) } else { Ok(()) }
    }

    /// Sends some of `data`; all of it if the call may block for ever.
    pub(crate) fn send(&mut self, net: &N, data: &[u8], wait: Wait) -> Result<usize> {
        self.check_sendable()?;
        let mut sent = 0;
        while sent < data.len() {
            match net.send(&self.socket, &data[sent..], wait.deadline) {
                Ok(count) => sent += count,
                Err(_) if sent > 0 => break,
                Err(error) => return Err(self.send_error(wait, error)),
            }
            if !wait.is_blocking() {
                break;
            }
        }
        Ok(sent)
    }

    pub(crate) fn shutdown(&mut self, net: &N, how: Shutdown) -> Result<()> {
        if self.is_over(net) {
            return Err(Errno::ENOTCONN.into());
        }
        // Nothing goes over the wire when receiving alone is shut: Linux, too, only answers "end of stream" from then on.
        if how.writes() && !self.write_shut {
            let shut = net.shutdown(&self.socket, Shutdown::Write);
            shut.map_err(|error| error_of(Operation::Shutdown, error))?;
            self.write_shut = true;
        }
        self.read_shut |= how.reads();
        if self.read_shut && self.write_shut {
            self.refuse(net);
        }
        Ok(())
    }

    /// Takes in what has arrived, and has the network refuse all that comes later: Linux answers with a reset to what is
    /// sent to a socket that has shut both halves.
    fn refuse(&mut self, net: &N) {
        while self.incoming == Incoming::Open && self.inbound.len() < REFUSED_BEHIND {
            match self.read_ahead(net, *READ_AHEAD.end(), Deadline::Now) {
                Ok(()) => {}
                Err(NetError::WouldBlock) => {
                    // A network that cannot refuse goes on taking it.
                    if net.shutdown(&self.socket, Shutdown::Read).is_ok() {
                        self.incoming = Incoming::Refused;
                    }
                    return;
                }
                Err(NetError::Code(_) | NetError::Errno(_) | NetError::Error(_) | NetError::Other(_)) => return,
            }
        }
    }

    /// What is reported to a program that asked for `asked`, and what the network is to be asked for it. A writer learns of a
    /// reset only from what there is to read.
    pub(crate) fn status(&self, asked: Events) -> Status {
        let ended = self.incoming != Incoming::Open || self.read_shut;
        let known = !self.inbound.is_empty() || ended || self.pending.is_some();
        let dead_end = self.write_shut || self.incoming == Incoming::Broken;
        let events = Events::empty()
            .with_if(known, Events::READABLE)
            .with_if(dead_end, Events::WRITABLE)
            .with_if(ended, Events::RDHUP)
            .with_if(ended && dead_end, Events::HUP)
            .with_if(self.pending.is_some(), Events::ERR);
        // The end may lie behind what has not been taken yet: it is looked for where it would be reported.
        let wants_end = asked.intersects(Events::RDHUP) || self.write_shut;
        let has_room = self.inbound.is_empty() || (wants_end && self.inbound.len() < PEEK_LIMIT);
        let watch_read = self.incoming == Incoming::Open && has_room;
        Status::watching(events, watch_read, !dead_end && asked.wants_write())
    }

    /// Takes in what the network found ready; what it reports then.
    pub(crate) fn refresh(&mut self, net: &N, found: Events) -> Events {
        if found.intersects(Events::READABLE) && self.incoming == Incoming::Open {
            // A failure is kept for the next call; there is nothing else to do with it here.
            let _ = self.read_ahead(net, self.read_ahead, Deadline::Now);
        }
        self.status(Events::empty()).events.with_if(found.wants_write(), Events::WRITABLE)
    }

    fn receive_some(&mut self, net: &N, max: usize, wait: Wait) -> Result<Vec<u8>> {
        if !self.inbound.is_empty() {
            return Ok(self.take_ahead(net, max));
        }
        self.check_receivable()?;
        if self.incoming != Incoming::Open {
            return Ok(Vec::new());
        }
        let deadline = if self.read_shut { Deadline::Now } else { wait.deadline };
        match net.receive(&self.socket, max.min(RECEIVE_LIMIT), deadline) {
            Ok(data) => {
                if data.is_empty() {
                    self.incoming = Incoming::Ended;
                }
                Ok(data)
            }
            Err(NetError::WouldBlock) if self.read_shut => Ok(Vec::new()),
            Err(error) => Err(self.broken(wait.error(Operation::Receive, error))),
        }
    }

    /// Takes what was read ahead, and what may lie behind it.
    fn take_ahead(&mut self, net: &N, max: usize) -> Vec<u8> {
        let mut data = self.inbound.take(max);
        if self.more_behind && data.len() < max && self.incoming == Incoming::Open {
            let more = net.receive(&self.socket, (max - data.len()).min(RECEIVE_LIMIT), Deadline::Now);
            match self.note(more) {
                Ok(more) => data.extend_from_slice(&more),
                Err(
                    NetError::WouldBlock
                    | NetError::Code(_)
                    | NetError::Errno(_)
                    | NetError::Error(_)
                    | NetError::Other(_),
                ) => {}
            }
        }
        data
    }

    /// Reads ahead until `want` bytes wait, as far as `flags` ask for it; at least one, or the end.
    fn fill(&mut self, net: &N, want: usize, flags: MessageFlags, wait: Wait) -> Result<()> {
        self.check_receivable()?;
        while self.inbound.len() < want && self.incoming == Incoming::Open {
            let more_needed = self.inbound.is_empty() || (flags.contains(MessageFlags::WAITALL) && wait.is_blocking());
            let deadline = if more_needed && !self.read_shut { wait.deadline } else { Deadline::Now };
            match self.read_ahead(net, want - self.inbound.len(), deadline) {
                Ok(()) => {}
                Err(NetError::WouldBlock) if !self.inbound.is_empty() || self.read_shut => break,
                Err(_) if !self.inbound.is_empty() => break,
                Err(error) => {
                    self.pending = None;
                    return Err(self.broken(wait.error(Operation::Receive, error)));
                }
            }
        }
        Ok(())
    }

    fn read_ahead(&mut self, net: &N, max: usize, deadline: Deadline) -> NetResult<()> {
        let data = net.receive(&self.socket, max, deadline);
        let data = self.note(data)?;
        net.changed_at(&Source::Socket(&self.socket));
        self.more_behind = data.len() >= max;
        if data.len() >= self.read_ahead {
            self.read_ahead = (self.read_ahead * 2).min(*READ_AHEAD.end());
        }
        self.inbound.push(data);
        Ok(())
    }

    /// Keeps the end or the failure that a read ahead met, for the next call.
    fn note(&mut self, data: NetResult<Vec<u8>>) -> NetResult<Vec<u8>> {
        match data {
            Ok(data) => {
                if data.is_empty() {
                    self.incoming = Incoming::Ended;
                }
                Ok(data)
            }
            Err(NetError::WouldBlock) => Err(NetError::WouldBlock),
            Err(error) => {
                self.incoming = Incoming::Broken;
                if let Error::Os { errno, .. } = error_of(Operation::Receive, error.clone()) {
                    self.pending = Some(errno);
                }
                Err(error)
            }
        }
    }

    fn check_receivable(&mut self) -> Result<()> {
        match self.pending.take() {
            Some(errno) if self.inbound.is_empty() => Err(Error::from(errno)),
            kept => {
                self.pending = kept;
                Ok(())
            }
        }
    }

    fn check_sendable(&mut self) -> Result<()> {
        if let Some(errno) = self.pending.take() {
            return Err(Error::from(errno));
        }
        if self.write_shut || self.incoming == Incoming::Broken {
            return Err(Errno::EPIPE.into());
        }
        Ok(())
    }

    fn send_error(&mut self, wait: Wait, error: NetError) -> Error {
        match wait.error(Operation::Send, error) {
            error @ Error::Os { errno: Errno::ECONNRESET, .. } => self.broken(error),
            // What was received before stays readable: only a reset says that nothing more will come.
            error @ Error::Os { errno: Errno::EPIPE, .. } => {
                self.write_shut = true;
                error
            }
            error => error,
        }
    }

    /// `error`, after which the connection is no more unless it only took too long.
    fn broken(&mut self, error: Error) -> Error {
        match error {
            Error::Timeout | Error::Os { errno: Errno::EAGAIN, .. } => {}
            _ => self.incoming = Incoming::Broken,
        }
        error
    }
}
