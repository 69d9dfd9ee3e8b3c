//! Receiving and sending.

use super::drop::let_go;
use super::endpoint::Endpoint;
use super::stack::Stack;
use super::{Events, Fd, Rights, Sockets, total_length};
use crate::address::{Address, Kind};
use crate::ancillary::descriptors_that_fit;
use crate::errno::Errno;
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;
use crate::message::{MessageFlags, Outgoing, Received};
use crate::net::Network;
use crate::time::Timeout;
use crate::waiting::Wait;

impl<N: Network> Sockets<N> {
    /// `socket.recv`, `recvfrom`, `recvmsg` — at most `max` bytes, of one message where there are messages. Allocates for
    /// what arrives, not for `max`.
    ///
    /// # Errors
    /// `ENOTCONN`: not connected. `ECONNRESET`: the peer reset the connection. `EAGAIN` and [`Error::Timeout`]: nothing in time.
    pub fn receive(&self, fd: Fd, max: usize, flags: MessageFlags, timeout: Timeout) -> Result<Received> {
        self.receive_message(fd, max, 0, flags, timeout)
    }

    /// `socket.recvmsg` — as [`Sockets::receive`], with the control messages that `room` bytes hold, descriptors among them; `CTRUNC`
    /// if there were more, or too many are open.
    ///
    /// # Errors
    /// As [`Sockets::receive`].
    pub fn receive_message(
        &self,
        fd: Fd,
        max: usize,
        room: usize,
        flags: MessageFlags,
        timeout: Timeout,
    ) -> Result<Received> {
        let description = self.description(fd)?;
        self.raise_deferred(fd)?;
        description.endpoint.check_flags(flags)?;
        let timeout = self.wait_beside_blocked(&description, Events::IN, flags.mode(timeout))?;
        let wait = description.attributes.receive_wait(&self.net, timeout);
        description.attributes.use_up_reading();
        let (mut received, came_along) = if N::HAS_THREADS {
            self.receive_among_others(&description, (max, room), flags, wait)?
        } else {
            description.endpoint.receive(&self.net, (max, room), flags, wait)?
        };
        if N::HAS_FILES {
            received.from = received.from.map(|sender| self.spelled(sender));
        }
        if !came_along.is_empty() {
            self.take_in(&mut received, came_along, room, flags.contains(MessageFlags::PEEK));
        }
        Ok(received)
    }

    /// Gives numbers to the descriptors that came along. Like Linux, reports one that there is no number left for as one that
    /// did not fit.
    fn take_in(&self, received: &mut Received, came_along: Vec<Rights<N>>, room: usize, is_peek: bool) {
        let fitting = descriptors_that_fit(room);
        let mut left = Vec::new();
        for description in came_along {
            let description = N::Stack::arrived(self, description, is_peek);
            let is_fitting = left.is_empty() && received.rights.len() < fitting;
            match is_fitting.then(|| self.insert(description.clone())) {
                Some(Ok(fd)) => received.rights.push(fd),
                Some(Err(_)) | None => left.push(description),
            }
        }
        if !left.is_empty() {
            received.flags |= MessageFlags::CTRUNC;
        }
        let_go(left);
    }

    /// `socket.send`, `sendto`, `sendmsg` — sends `parts` as one message or as some bytes of a stream; how many were taken.
    ///
    /// # Errors
    /// `EPIPE`: not connected for sending. `ECONNRESET`: the peer reset the connection. `EDESTADDRREQ`: a datagram without a destination.
    /// `EMSGSIZE`: too long a datagram. `EISCONN`: an address on a pair. `EAGAIN` and [`Error::Timeout`]: no room in time.
    pub fn send(
        &self,
        fd: Fd,
        parts: &[&[u8]],
        flags: MessageFlags,
        to: Option<&Address>,
        timeout: Timeout,
    ) -> Result<usize> {
        self.send_message(fd, &Outgoing { parts, ancillary: &[], rights: &[], remote: to }, flags, timeout)
    }

    /// `socket.sendmsg` — as [`Sockets::send`], with descriptors of this program that travel along on `AF_UNIX`, and other
    /// control messages.
    ///
    /// # Errors
    /// As [`Sockets::send`]. `EBADF`: one of the descriptors is not open. `EOPNOTSUPP`: control messages that the network does not have.
    pub fn send_message(
        &self,
        fd: Fd,
        message: &Outgoing<'_, Fd>,
        flags: MessageFlags,
        timeout: Timeout,
    ) -> Result<usize> {
        if self.coalesce(fd, message, flags, timeout)? {
            return Ok(total_length(message.parts));
        }
        let description = self.socket_at(fd)?;
        let resolved = message.remote.filter(|_| N::HAS_FILES).map(|remote| self.resolved(remote));
        let rights = if message.rights.is_empty() { None } else { Some(self.departing(message.rights)?) };
        let Outgoing { parts, ancillary, remote, .. } = *message;
        let rights = rights.as_deref().unwrap_or_default();
        let message = Outgoing { parts, ancillary, rights, remote: resolved.as_deref().or(remote) };
        let timeout = self.wait_beside_blocked(&description, Events::OUT, flags.mode(timeout))?;
        self.send_once(&description, &message, flags, timeout)
    }

    /// What descriptors refer to, as it travels with a message.
    fn departing(&self, fds: &[Fd]) -> Result<Vec<Rights<N>>> {
        let rights = fds.iter().map(|fd| self.refers_to(*fd)).collect::<Result<Vec<_>>>()?;
        N::Stack::departing(self, rights)
    }

    /// `socket.sendall(bytes[, flags])` — sends all of `data`, with one timeout for the whole call.
    ///
    /// # Errors
    /// As [`Sockets::send`]; how much was sent before is not known.
    pub fn send_all(&self, fd: Fd, data: &[u8], flags: MessageFlags, timeout: Timeout) -> Result<()> {
        let whole = Outgoing { parts: &[data], ancillary: &[], rights: &[], remote: None };
        if self.coalesce(fd, &whole, flags, timeout)? {
            return Ok(());
        }
        let description = self.socket_at(fd)?;
        description.endpoint.check_flags(flags)?;
        let timeout = self.wait_beside_blocked(&description, Events::OUT, timeout)?;
        let wait = description.attributes.send_wait(&self.net, timeout);
        let mut rest = data;
        loop {
            let message = Outgoing { parts: &[rest], ancillary: &[], rights: &[], remote: None };
            let sent = self.hand_over(&description, &message, flags, wait);
            rest = rest.get(sent?..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(());
            }
        }
    }

    pub(super) fn send_once(
        &self,
        description: &Rights<N>,
        message: &Outgoing<'_, Rights<N>>,
        flags: MessageFlags,
        timeout: Timeout,
    ) -> Result<usize> {
        description.endpoint.check_flags(flags)?;
        let wait = description.attributes.send_wait(&self.net, timeout);
        self.hand_over(description, message, flags, wait)
    }

    fn hand_over(
        &self,
        description: &Rights<N>,
        message: &Outgoing<'_, Rights<N>>,
        flags: MessageFlags,
        wait: Wait,
    ) -> Result<usize> {
        let sent = match description.endpoint.send_by_kernel(&self.net, message, flags, wait) {
            Some(sent) => sent,
            None => self.send_here(description, message, wait),
        };
        description.attributes.use_up_room(total_length(message.parts), &sent);
        sent
    }

    /// Sends a message of a socket whose state is kept here: one buffer, or parts that are copied together.
    fn send_here(&self, description: &Rights<N>, message: &Outgoing<'_, Rights<N>>, wait: Wait) -> Result<usize> {
        let Outgoing { parts, ancillary, rights, remote } = *message;
        if !ancillary.is_empty() {
            return Err(Errno::EOPNOTSUPP.into());
        }
        let send = |data: &[u8], rights| {
            if N::HAS_THREADS {
                self.send_among_others(description, data, rights, remote, wait)
            } else {
                description.endpoint.send(&self.net, data, rights, remote, wait)
            }
        };
        match parts {
            [only] => send(only, rights),
            _ if description.attributes.kind == Kind::Stream => {
                send_parts(parts, wait, |data, is_first| send(data, if is_first { rights } else { &[] }))
            }
            _ if total_length(parts) > MAX_MESSAGE => Err(Errno::EMSGSIZE.into()),
            _ => send(&parts.concat(), rights),
        }
    }
}

/// Sends the parts of a stream, a bounded copy at a time.
fn send_parts(parts: &[&[u8]], wait: Wait, mut send: impl FnMut(&[u8], bool) -> Result<usize>) -> Result<usize> {
    let mut sent = 0;
    let mut rest = parts.iter().flat_map(|part| part.chunks(COPIED)).peekable();
    let mut is_first = true;
    loop {
        let mut copy = Vec::new();
        while let Some(part) = rest.next_if(|part| copy.is_empty() || copy.len() + part.len() <= COPIED) {
            copy.extend_from_slice(part);
        }
        match send(&copy, std::mem::take(&mut is_first)) {
            Ok(count) => {
                sent += count;
                if count < copy.len() || rest.peek().is_none() || !wait.is_blocking() {
                    return Ok(sent);
                }
            }
            Err(_) if sent > 0 => return Ok(sent),
            Err(error) => return Err(error),
        }
    }
}

/// How much of a message in parts is copied together at once: enough to fill what a network takes in one call.
const COPIED: usize = 256 * 1024;

/// No message of any kind is longer.
const MAX_MESSAGE: usize = 1024 * 1024;
