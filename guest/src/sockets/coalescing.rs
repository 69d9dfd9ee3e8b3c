//! Coalescing of small writes on sockets that asked for `TCP_NODELAY`.
//!
//! WASI cannot switch Nagle's algorithm off, so a program that writes a head, writes a body and reads the answer would wait
//! for a delayed acknowledgement between the two. Where the program's runner allows it, a socket with `TCP_NODELAY` holds
//! small writes back and sends them as one. They go out with the next call on any descriptor, except a further small write
//! on the same socket; at close and at exit; and when the runner of the program says that they are overdue. An error of such
//! a write is raised by the next call that moves data on that socket.
//!
//! A socket whose small writes come one by one needs none of this, and is soon known (see [`WritePattern`]).
//!
//! What a blocking socket holds is waited for by that next call, as its own write would have waited. What the network does
//! not take at once from a non-blocking socket stays held. Such a socket is *blocked*: it is not writable, nothing more is
//! held for it, and every wait is for its room as well.
//!
//! Nothing is held back where there are several threads: what one has written goes before what another one writes then. What is
//! held is to be flushed before a second thread begins.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

use super::endpoint::Endpoint;
use super::poll::Query;
use super::stack::Stack;
use super::write_pattern::WritePattern;
use super::{Events, Fd, Rights, Sockets};
use crate::address::{Family, Kind};
use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::message::{MessageFlags, Outgoing};
use crate::net::Network;
use crate::options::{OptionValue, SocketOption, row_of};
use crate::time::{Deadline, Moment, Timeout};

/// The most that one socket holds back.
const LIMIT: usize = 16 * 1024;

/// How long bytes are held before they are overdue.
const PATIENCE: Duration = Duration::from_millis(1);

/// How long closing waits for a peer that does not read.
const CLOSING_PATIENCE: Duration = Duration::from_secs(1);

/// The bytes that sockets hold back.
#[derive(Default)]
pub(super) struct Coalescing {
    on: Cell<bool>,
    held: RefCell<BTreeMap<Fd, HeldBytes>>,
    /// Errors of writes that the program believes done.
    deferred: RefCell<BTreeMap<Fd, Error>>,
    /// Sockets that are known to be connected and to have `TCP_NODELAY`.
    eligible: RefCell<BTreeMap<Fd, WritePattern>>,
    /// The socket whose small write was sent at once, until the next call of any other kind.
    sent_alone: Cell<Option<Fd>>,
}

/// Bytes of one socket.
struct HeldBytes {
    data: Vec<u8>,
    /// How many writes these were.
    writes: u32,
    since: Moment,
    /// How long the last write on it would have waited.
    timeout: Timeout,
    is_blocked: bool,
}

/// What causes a flush.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flush {
    /// A call of the program, which may wait as the writes would have.
    Call,
    /// The runner of the program, between two of its steps: never waits.
    Background,
}

impl<N: Network> Sockets<N> {
    /// Allows sockets with `TCP_NODELAY` to hold small writes back for a moment, or forbids it; what is held goes out. For a
    /// program whose runner calls [`Sockets::drain`] at its end and [`Sockets::flush_overdue`] while it computes. A kernel has
    /// a `TCP_NODELAY` of its own, so there it changes nothing.
    pub fn set_coalescing(&self, on: bool) {
        self.flush();
        self.coalescing.on.set(on && N::HAS_FILES && N::Stack::COALESCES);
    }

    /// Sends what is held, as each call on a descriptor does.
    pub fn flush(&self) {
        if self.coalesces() {
            self.coalescing.sent_alone.set(None);
            self.flush_except(None, Flush::Call);
        }
    }

    /// Whether something is held that [`Sockets::flush_overdue`] is to be called for.
    pub fn holds_writes(&self) -> bool {
        self.coalesces() && self.coalescing.held.borrow().values().any(|held| !held.is_blocked)
    }

    /// Sends what has been held for a millisecond, without waiting.
    pub fn flush_overdue(&self) {
        let now = self.net.now();
        let is_overdue = self.coalescing.held.borrow().values().any(|held| held.since.until(now) >= PATIENCE);
        if is_overdue {
            self.flush_without_waiting();
        }
    }

    /// Sends what is held, as far as the network takes it at once.
    pub fn flush_without_waiting(&self) {
        self.flush_except(None, Flush::Background);
    }

    /// Whether small writes may be held back. A program without files has no runner that would flush.
    fn coalesces(&self) -> bool {
        N::HAS_FILES && N::Stack::COALESCES && self.coalescing.on.get()
    }

    /// Before a message is sent: holds it back if it is a small write; else sends what is held.
    pub(super) fn coalesce(
        &self,
        fd: Fd,
        message: &Outgoing<'_, Fd>,
        flags: MessageFlags,
        timeout: Timeout,
    ) -> Result<bool> {
        if !self.coalesces() {
            return Ok(false);
        }
        self.raise_deferred(fd)?;
        let Outgoing { parts: [data], ancillary: [], rights: [], remote: None } = *message else {
            self.flush();
            return Ok(false);
        };
        self.flush_except(Some(fd), Flush::Call);
        let is_plain = MessageFlags::NOSIGNAL.contains(flags);
        let is_small = is_plain && data.len() <= LIMIT && !self.is_shared() && self.is_eligible(fd);
        if is_small && self.goes_alone(fd) {
            return Ok(false);
        }
        let is_full = self.held_length(fd).is_some_and(|held| held + data.len() > LIMIT);
        if !is_small || is_full || self.is_blocked(fd) {
            self.push(fd, timeout)?;
        }
        if is_small {
            self.hold(fd, data, timeout);
        }
        Ok(is_small)
    }

    /// Raises the error of a write that the program believes done.
    pub(super) fn raise_deferred(&self, fd: Fd) -> Result<()> {
        self.take_deferred(fd).map_or(Ok(()), Err)
    }

    /// The error of such a write, once.
    pub(super) fn take_deferred(&self, fd: Fd) -> Option<Error> {
        if !self.coalesces() {
            return None;
        }
        self.coalescing.deferred.borrow_mut().remove(&fd)
    }

    /// After an option of `fd` was set: it may have been `TCP_NODELAY`.
    pub(super) fn forget_eligible(&self, fd: Fd) {
        if self.coalesces() {
            self.coalescing.eligible.borrow_mut().remove(&fd);
        }
    }

    /// Before the last bytes of `fd` may be sent: waits a little for a peer that does not read.
    pub(super) fn flush_before_shutdown(&self, fd: Fd) {
        if self.coalesces() {
            self.finish(fd, CLOSING_PATIENCE);
        }
    }

    /// The same before it is closed, after which nothing is known of it any more.
    pub(super) fn flush_before_close(&self, fd: Fd) {
        if self.coalesces() {
            self.flush();
            self.finish(fd, CLOSING_PATIENCE);
            self.forget_eligible(fd);
            self.take_deferred(fd);
        }
    }

    /// At the end of a program: waits at most `patience` for each socket whose bytes the network does not take at once.
    pub(super) fn flush_at_end(&self, patience: Duration) {
        if self.coalesces() {
            self.flush_without_waiting();
            self.blocked_fds().into_iter().for_each(|fd| self.finish(fd, patience));
        }
    }

    /// Before a call on `fd` that waits for `events`: if there are blocked sockets, waits for room for them as well, so that the
    /// call does not hold them up. How long the call itself may still wait.
    pub(super) fn wait_beside_blocked(
        &self,
        description: &Rights<N>,
        events: Events,
        timeout: Timeout,
    ) -> Result<Timeout> {
        if timeout == Timeout::NonBlocking || !self.has_blocked() {
            return Ok(timeout);
        }
        let deadline = timeout.deadline(|| self.net.now());
        let description = Some(Rights::clone(description));
        self.wait_for(&mut [Query { description, events, revents: Events::empty() }], deadline)?;
        Ok(match deadline {
            Deadline::Never | Deadline::Now => timeout,
            // Not zero: what has run out of time is to say so, and not that it would block.
            Deadline::At(moment) => Timeout::After(self.net.now().until(moment).max(Duration::from_nanos(1))),
        })
    }

    /// Whether there is a socket with bytes that the network did not take at once.
    pub(super) fn has_blocked(&self) -> bool {
        self.coalesces() && self.coalescing.held.borrow().values().any(|held| held.is_blocked)
    }

    /// Those sockets.
    pub(super) fn blocked(&self) -> Vec<Rights<N>> {
        if !self.coalesces() {
            return Vec::new();
        }
        self.blocked_fds().into_iter().filter_map(|fd| self.refers_to(fd).ok()).collect()
    }

    fn blocked_fds(&self) -> Vec<Fd> {
        let held = self.coalescing.held.borrow();
        held.iter().filter(|(_, held)| held.is_blocked).map(|(fd, _)| *fd).collect()
    }

    fn is_blocked(&self, fd: Fd) -> bool {
        self.coalescing.held.borrow().get(&fd).is_some_and(|held| held.is_blocked)
    }

    /// Whether a small write is to be sent at once, since nothing is expected to follow it.
    fn goes_alone(&self, fd: Fd) -> bool {
        let surprises = self.coalescing.sent_alone.replace(None) == Some(fd);
        let mut eligible = self.coalescing.eligible.borrow_mut();
        let Some(pattern) = eligible.get_mut(&fd) else { return false };
        if surprises {
            *pattern = pattern.after_surprise();
        }
        let alone = pattern.writes_alone() && self.held_length(fd).is_none();
        self.coalescing.sent_alone.set(alone.then_some(fd));
        alone
    }

    fn finish(&self, fd: Fd, patience: Duration) {
        if self.held_length(fd).is_some() && self.push(fd, Timeout::After(patience)).is_err() {
            self.coalescing.held.borrow_mut().remove(&fd);
        }
    }

    fn flush_except(&self, except: Option<Fd>, flush: Flush) {
        let held = self.coalescing.held.borrow();
        if held.is_empty() {
            return;
        }
        let others: Vec<(Fd, Timeout)> =
            held.iter().filter(|(fd, _)| Some(**fd) != except).map(|(fd, held)| (*fd, held.timeout)).collect();
        drop(held);
        for (fd, timeout) in others {
            let timeout = if flush == Flush::Background { Timeout::NonBlocking } else { timeout };
            match self.push(fd, timeout) {
                Err(error) if error.errno() != Some(Errno::EAGAIN) => {
                    self.coalescing.deferred.borrow_mut().insert(fd, error);
                }
                Ok(()) | Err(_) => {}
            }
        }
    }

    /// Sends what `fd` holds. What a socket that does not wait could not send stays held; after any other error nothing is.
    fn push(&self, fd: Fd, timeout: Timeout) -> Result<()> {
        if self.is_shared() && timeout != Timeout::NonBlocking && self.held_length(fd).is_some() {
            self.push_among_others(fd, timeout)
        } else {
            self.push_once(fd, timeout)
        }
    }

    /// The same while other threads run: it stays held as long as this one waits, so that nothing that they write overtakes it.
    fn push_among_others(&self, fd: Fd, timeout: Timeout) -> Result<()> {
        let description = self.refers_to(fd)?;
        let wait = description.attributes.send_wait(&self.net, timeout);
        loop {
            match self.push_once(fd, Timeout::NonBlocking) {
                Err(error) if error.errno() == Some(Errno::EAGAIN) && !wait.is_at_once() => {}
                answer => return answer,
            }
            if self.has_passed(wait.deadline) {
                self.coalescing.held.borrow_mut().remove(&fd);
                return Err(wait.expired());
            }
            let description = Some(Rights::clone(&description));
            let mut room = [Query { description, events: Events::OUT, revents: Events::empty() }];
            self.wait_directly(&mut room, wait.deadline)?;
        }
    }

    fn push_once(&self, fd: Fd, timeout: Timeout) -> Result<()> {
        let Some(mut held) = self.coalescing.held.borrow_mut().remove(&fd) else { return Ok(()) };
        if let Some(pattern) = self.coalescing.eligible.borrow_mut().get_mut(&fd) {
            *pattern = pattern.after(held.writes);
        }
        let description = self.refers_to(fd)?;
        while !held.data.is_empty() {
            let message = Outgoing { parts: &[&held.data], ancillary: &[], rights: &[], remote: None };
            match self.send_once(&description, &message, MessageFlags::NOSIGNAL, timeout) {
                Ok(sent) => drop(held.data.drain(..sent.min(held.data.len()))),
                Err(error) if error.errno() == Some(Errno::EAGAIN) => {
                    self.coalescing.held.borrow_mut().insert(fd, HeldBytes { is_blocked: true, ..held });
                    return Err(error);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn hold(&self, fd: Fd, data: &[u8], timeout: Timeout) {
        let mut held = self.coalescing.held.borrow_mut();
        let new = || HeldBytes { data: Vec::new(), writes: 0, since: self.net.now(), timeout, is_blocked: false };
        let entry = held.entry(fd).or_insert_with(new);
        entry.writes += 1;
        entry.data.extend_from_slice(data);
        entry.timeout = timeout;
    }

    fn held_length(&self, fd: Fd) -> Option<usize> {
        self.coalescing.held.borrow().get(&fd).map(|held| held.data.len())
    }

    /// Whether `fd` is a connected TCP socket with `TCP_NODELAY`.
    fn is_eligible(&self, fd: Fd) -> bool {
        if self.coalescing.eligible.borrow().contains_key(&fd) {
            return true;
        }
        let is_eligible = self.refers_to(fd).is_ok_and(|socket| {
            let is_stream = socket.attributes.kind == Kind::Stream && socket.attributes.family != Family::Unix;
            is_stream && self.has_no_delay(&socket) && socket.endpoint.peer_address(&self.net).is_ok()
        });
        if is_eligible {
            self.coalescing.eligible.borrow_mut().insert(fd, WritePattern::default());
        }
        is_eligible
    }

    fn has_no_delay(&self, socket: &Rights<N>) -> bool {
        let value = row_of(SocketOption::NoDelay).map(|row| socket.option(&self.net, &row));
        matches!(value, Some(Ok(OptionValue::Int(value))) if value != 0)
    }
}
