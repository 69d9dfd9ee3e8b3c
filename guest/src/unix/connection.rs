//! A connection between two sockets in memory: one end of it.

use std::rc::Rc;

use super::queue::{CAPACITY, MESSAGE_OVERHEAD, Message, Queue};
use crate::address::{Kind, Shutdown, UnixAddress};
use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::message::MessageFlags;
use crate::net::Network;
use crate::polling::Events;
use crate::status::Status;
use crate::waiting::Wait;

/// One end of a connection, or of a pair.
#[derive(Debug)]
pub(super) struct Connection<R: Clone> {
    kind: Kind,
    /// What this end receives.
    inbound: Rc<Queue<R>>,
    /// What this end sends.
    outbound: Rc<Queue<R>>,
    /// The other end's name.
    pub(super) peer: UnixAddress,
}

impl<R: Clone> Connection<R> {
    /// Two connected ends, with the names of `first` and `second`.
    pub(super) fn pair(kind: Kind, first: UnixAddress, second: UnixAddress) -> (Self, Self) {
        let (there, back) = (Rc::new(Queue::default()), Rc::new(Queue::default()));
        let one = Self { kind, inbound: Rc::clone(&back), outbound: Rc::clone(&there), peer: second };
        (one, Self { kind, inbound: there, outbound: back, peer: first })
    }

    /// The next bytes or the next message; `None` at the end.
    pub(super) fn receive<N: Network>(
        &self,
        net: &N,
        max: usize,
        flags: MessageFlags,
        wait: Wait,
    ) -> Result<Option<Message<R>>> {
        if self.inbound.is_empty() {
            if self.inbound.reset.take() {
                return Err(Errno::ECONNRESET.into());
            }
            return if self.at_end() { Ok(None) } else { Err(wait.in_vain(net)) };
        }
        let peek = flags.contains(MessageFlags::PEEK);
        Ok(match self.kind {
            Kind::Stream => {
                if flags.contains(MessageFlags::WAITALL) && wait.is_blocking() {
                    self.await_all(net, max, wait)?;
                }
                Some(self.inbound.take_bytes(max, peek))
            }
            Kind::Datagram | Kind::SequentialPacket | Kind::Raw => self.inbound.take_message(peek),
        })
    }

    /// Waits for `max` bytes, or as many as there can be: until the limit that an option set, after which those that are there
    /// are given. `EDEADLK` if there is no limit, since nobody can send them meanwhile.
    fn await_all<N: Network>(&self, net: &N, max: usize, wait: Wait) -> Result<()> {
        let there = self.inbound.take_bytes(max, true);
        let complete = there.data.len() >= max || !there.rights.is_empty();
        if complete || self.at_end() || self.inbound.reset.get() {
            return Ok(());
        }
        match wait.in_vain(net) {
            error @ Error::Os { errno: Errno::EDEADLK, .. } => Err(error),
            _ => Ok(()),
        }
    }

    pub(super) fn send<N: Network>(&self, net: &N, message: Message<R>, wait: Wait) -> Result<usize> {
        if self.outbound.ended.get() || self.outbound.receiver_gone.get() || self.outbound.refused.get() {
            return Err(Errno::EPIPE.into());
        }
        match self.kind {
            Kind::Stream => self.send_bytes(net, message, wait),
            Kind::Datagram | Kind::SequentialPacket | Kind::Raw => send_message(&self.outbound, net, message, wait),
        }
    }

    pub(super) fn shutdown(&self, how: Shutdown) {
        if how.reads() {
            self.inbound.refused.set(true);
        }
        if how.writes() {
            self.outbound.ended.set(true);
        }
    }

    pub(super) fn status(&self) -> Status {
        let ended = self.at_end();
        let shut = self.outbound.ended.get() || self.outbound.refused.get() || self.outbound.receiver_gone.get();
        let reset = self.inbound.reset.get();
        let events = Events::empty()
            .with_if(!self.inbound.is_empty() || ended || reset, Events::READABLE)
            .with_if(shut || self.outbound.room() > MESSAGE_OVERHEAD, Events::WRITABLE_MESSAGES)
            .with_if(ended, Events::RDHUP)
            .with_if(ended && shut, Events::HUP)
            .with_if(reset, Events::ERR);
        Status::known(events)
    }

    /// Ends it as a listener does that closes before it accepted: the peer finds it reset.
    pub(super) fn reset(&self) {
        self.outbound.reset.set(true);
    }

    /// Takes out what travels along with all that waits at this end.
    pub(super) fn take_rights(&self) -> Vec<R> {
        self.inbound.take_rights()
    }

    /// Whether nothing more will come.
    fn at_end(&self) -> bool {
        self.inbound.refused.get() || self.inbound.ended.get()
    }

    fn send_bytes<N: Network>(&self, net: &N, mut message: Message<R>, wait: Wait) -> Result<usize> {
        let room = self.outbound.room().saturating_sub(MESSAGE_OVERHEAD);
        let count = message.data.len().min(room);
        if message.data.is_empty() {
            return Ok(0);
        }
        if count == 0 {
            return Err(wait.in_vain(net));
        }
        message.data.truncate(count);
        self.outbound.push(message);
        Ok(count)
    }
}

impl<R: Clone> Drop for Connection<R> {
    fn drop(&mut self) {
        self.outbound.reset.set(self.outbound.reset.get() || !self.inbound.is_empty());
        self.outbound.ended.set(true);
        self.inbound.receiver_gone.set(true);
        self.inbound.clear();
    }
}

/// Puts a whole message into `queue`.
pub(super) fn send_message<R: Clone, N: Network>(
    queue: &Queue<R>,
    net: &N,
    message: Message<R>,
    wait: Wait,
) -> Result<usize> {
    let (length, load) = (message.data.len(), message.data.len() + MESSAGE_OVERHEAD);
    if load > CAPACITY {
        return Err(Errno::EMSGSIZE.into());
    }
    if load > queue.room() {
        return Err(wait.in_vain(net));
    }
    queue.push(message);
    Ok(length)
}
