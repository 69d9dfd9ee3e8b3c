//! Calls that wait while other threads of the program run, where the state of sockets is kept here.
//!
//! Such a call is tried, and between one try and the next this thread waits for what the socket would be ready by: no borrow
//! of the socket's state lives meanwhile, and each try begins with what the state has become. A kernel's sockets have the
//! kernel for that, and a program with one thread waits within its one call.

use super::description::Rights;
use super::endpoint::Endpoint;
use super::stack::Stack;
use super::{Events, Sockets};
use crate::address::{Address, Family, Kind};
use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::message::{MessageFlags, Received};
use crate::net::{Interest, Network};
use crate::time::Deadline;
use crate::waiting::Wait;

impl<N: Network> Sockets<N> {
    /// Whether other threads are to run while a call waits.
    pub(super) fn is_shared(&self) -> bool {
        N::HAS_THREADS && !N::Stack::IS_KERNEL && self.net.are_others()
    }

    /// Something about a socket of `AF_UNIX` has changed, which is in memory.
    pub(super) fn changed_in_memory(&self, description: &Rights<N>) {
        if N::HAS_THREADS && !N::Stack::IS_KERNEL && description.attributes.family == Family::Unix {
            self.net.changed();
        }
    }

    /// Makes a call on `description`, which may wait until that is ready for `events`.
    pub(super) fn among_others<T>(
        &self,
        description: &Rights<N>,
        events: Events,
        wait: Wait,
        mut call: impl FnMut(Wait) -> Result<T>,
    ) -> Result<T> {
        while self.is_shared() && !wait.is_at_once() {
            match call(wait.tried()) {
                Err(Error::Os { errno: Errno::EAGAIN | Errno::EINPROGRESS | Errno::EALREADY, .. }) => {}
                answer => return answer,
            }
            if self.has_passed(wait.deadline) {
                return call(wait.at_last());
            }
            if !self.wait_for_others(description, events, wait.deadline)? {
                return Err(wait.in_vain(&self.net));
            }
        }
        call(wait)
    }

    /// Lets others run until `description` may be ready; false if only they could make it so, and they wait as well.
    fn wait_for_others(&self, description: &Rights<N>, events: Events, deadline: Deadline) -> Result<bool> {
        let sources = description.endpoint.sources();
        let watched = sources.iter().flatten();
        let interests: Vec<_> = watched.map(|source| Interest { source: source.as_source(), events }).collect();
        if interests.is_empty() {
            return self.net.wait_for_change(deadline);
        }
        self.net.wait_among_others(&interests, deadline);
        Ok(true)
    }

    /// `connect(2)`. What another thread completes meanwhile is completed.
    pub(super) fn connect_among_others(&self, description: &Rights<N>, remote: &Address, wait: Wait) -> Result<()> {
        let mut is_under_way = false;
        let connected = self.among_others(description, Events::OUT, wait, |wait| {
            match description.endpoint.connect(&self.net, remote, wait) {
                Err(Error::Os { errno: Errno::EISCONN, .. }) if is_under_way => Ok(()),
                Err(Error::Os { errno: Errno::EALREADY, .. }) if is_under_way => Err(Errno::EINPROGRESS.into()),
                answer => {
                    is_under_way |= matches!(answer, Err(Error::Os { errno: Errno::EINPROGRESS, .. }));
                    answer
                }
            }
        });
        self.changed_in_memory(description);
        connected
    }

    /// `recvmsg(2)`. Of a socket in memory `MSG_WAITALL` takes what there is, so that others have room for more.
    pub(super) fn receive_among_others(
        &self,
        description: &Rights<N>,
        (max, room): (usize, usize),
        flags: MessageFlags,
        wait: Wait,
    ) -> Result<(Received, Vec<Rights<N>>)> {
        let receive = |max| {
            let receive = |wait| description.endpoint.receive(&self.net, (max, room), flags, wait);
            let received = self.among_others(description, Events::IN, wait, receive);
            self.changed_in_memory(description);
            received
        };
        let (mut received, mut came_along) = receive(max)?;
        let is_for_all = flags.contains(MessageFlags::WAITALL)
            && !flags.contains(MessageFlags::PEEK)
            && wait.is_blocking()
            && is_stream_in_memory(description);
        while self.is_shared() && is_for_all && came_along.is_empty() && received.data.len() < max {
            match receive(max - received.data.len()) {
                Ok((more, rights)) if !more.data.is_empty() => {
                    received.data.extend_from_slice(&more.data);
                    received.length = received.data.len();
                    came_along = rights;
                }
                Ok(_) | Err(_) => break,
            }
        }
        Ok((received, came_along))
    }

    /// `sendto(2)`: all of `data`, if a stream may wait for that.
    pub(super) fn send_among_others(
        &self,
        description: &Rights<N>,
        data: &[u8],
        rights: &[Rights<N>],
        to: Option<&Address>,
        wait: Wait,
    ) -> Result<usize> {
        let send = |data: &[u8], rights| {
            let send = |wait| description.endpoint.send(&self.net, data, rights, to, wait);
            let sent = self.among_others(description, Events::OUT, wait, send);
            self.changed_in_memory(description);
            sent
        };
        let mut sent = send(data, rights)?;
        let is_for_all = description.attributes.kind == Kind::Stream && wait.is_blocking();
        while self.is_shared() && is_for_all && sent < data.len() {
            match send(data.get(sent..).unwrap_or_default(), &[]) {
                Ok(count) if count > 0 => sent += count,
                Ok(_) | Err(_) => break,
            }
        }
        Ok(sent)
    }
}

fn is_stream_in_memory<N: Network>(description: &Rights<N>) -> bool {
    let attributes = &description.attributes;
    !N::Stack::IS_KERNEL && attributes.family == Family::Unix && attributes.kind == Kind::Stream
}
