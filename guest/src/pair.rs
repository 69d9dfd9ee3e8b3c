//! `socket.socketpair()`: two connected sockets in memory, with the meaning of `AF_UNIX` on Linux.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

use crate::address::{Address, Kind, Shutdown, UnixAddress};
use crate::errno::Errno;
use crate::error::{Error, Result};
use crate::message::{MessageFlags, Received};
use crate::net::Net;
use crate::polling::{Events, Status};
use crate::waiting::Wait;

/// How many bytes one direction holds: Linux's default `net.core.wmem_default`.
const CAPACITY: usize = 212_992;

/// What a message counts besides its bytes, so that empty ones are bounded too.
const MESSAGE_OVERHEAD: usize = 256;

/// One end of a pair.
#[derive(Debug)]
pub(crate) struct PairEnd {
    kind: Kind,
    /// What this end receives.
    inbound: Rc<Lane>,
    /// What this end sends.
    outbound: Rc<Lane>,
}

/// One direction of a pair.
#[derive(Debug, Default)]
struct Lane {
    messages: RefCell<VecDeque<Vec<u8>>>,
    /// How full it is, in bytes and overhead.
    load: Cell<usize>,
    /// The sender will send no more: it closed or shut down its sending half.
    ended: Cell<bool>,
    /// The receiver takes no more: it closed or shut down its receiving half.
    refused: Cell<bool>,
    /// The receiver closed.
    receiver_gone: Cell<bool>,
    /// The sender closed with data unread: the receiver learns it once, as `ECONNRESET`.
    reset: Cell<bool>,
}

impl PairEnd {
    /// Two connected ends.
    pub(crate) fn pair(kind: Kind) -> (Self, Self) {
        let (there, back) = (Rc::new(Lane::default()), Rc::new(Lane::default()));
        let first = Self { kind, inbound: Rc::clone(&back), outbound: Rc::clone(&there) };
        (first, Self { kind, inbound: there, outbound: back })
    }

    pub(crate) fn receive<N: Net>(&self, net: &N, max: usize, flags: MessageFlags, wait: Wait) -> Result<Received> {
        if self.inbound.messages.borrow().is_empty() {
            if self.inbound.reset.take() {
                return Err(Error::Os(Errno::ECONNRESET));
            }
            if self.at_end() {
                return Ok(Received::stream(Vec::new()));
            }
            return Err(wait.in_vain(net));
        }
        let peek = flags.contains(MessageFlags::PEEK);
        Ok(match self.kind {
            Kind::Stream => Received::stream(self.inbound.take_bytes(max, peek)),
            Kind::Datagram | Kind::SequentialPacket | Kind::Raw => {
                let from = Some(Address::Unix(UnixAddress::Unnamed));
                Received::message(self.inbound.take_message(peek), from, max)
            }
        })
    }

    pub(crate) fn send<N: Net>(&self, net: &N, data: &[u8], wait: Wait) -> Result<usize> {
        self.check_sendable()?;
        match self.kind {
            Kind::Stream => self.send_bytes(net, data, wait),
            Kind::Datagram | Kind::SequentialPacket | Kind::Raw => self.send_message(net, data, wait),
        }
    }

    pub(crate) fn shutdown(&self, how: Shutdown) {
        if how.reads() {
            self.inbound.refused.set(true);
        }
        if how.writes() {
            self.outbound.ended.set(true);
        }
    }

    pub(crate) fn status(&self) -> Status {
        let waiting = !self.inbound.messages.borrow().is_empty();
        let ended = self.at_end();
        let shut = self.outbound.ended.get() || self.outbound.refused.get();
        let writable = shut || self.outbound.room() > 0;
        let write = if self.kind == Kind::Stream { Events::WRITABLE } else { Events::WRITABLE_MESSAGES };
        let events = Events::NONE
            .with_if(waiting || ended || self.inbound.reset.get(), Events::READABLE)
            .with_if(writable, write)
            .with_if(ended, Events::RDHUP)
            .with_if(ended && shut, Events::HUP)
            .with_if(self.inbound.reset.get(), Events::ERR);
        Status::known(events)
    }

    /// Whether nothing more will come.
    fn at_end(&self) -> bool {
        let refused = self.inbound.refused.get();
        match self.kind {
            Kind::Datagram | Kind::Raw => refused,
            Kind::Stream | Kind::SequentialPacket => refused || self.inbound.ended.get(),
        }
    }

    fn check_sendable(&self) -> Result<()> {
        if self.outbound.ended.get() {
            return Err(Error::Os(Errno::EPIPE));
        }
        match (self.kind, self.outbound.receiver_gone.get(), self.outbound.refused.get()) {
            (Kind::Datagram, true, _) => Err(Error::Os(Errno::ECONNREFUSED)),
            (_, true, _) | (_, _, true) => Err(Error::Os(Errno::EPIPE)),
            (_, false, false) => Ok(()),
        }
    }

    fn send_bytes<N: Net>(&self, net: &N, data: &[u8], wait: Wait) -> Result<usize> {
        let count = data.len().min(self.outbound.room());
        if count == 0 && !data.is_empty() {
            return Err(wait.in_vain(net));
        }
        if count > 0 {
            self.outbound.push(data[..count].to_vec(), count);
        }
        Ok(count)
    }

    fn send_message<N: Net>(&self, net: &N, data: &[u8], wait: Wait) -> Result<usize> {
        let load = data.len() + MESSAGE_OVERHEAD;
        if load > CAPACITY {
            return Err(Error::Os(Errno::EMSGSIZE));
        }
        if load > self.outbound.room() {
            return Err(wait.in_vain(net));
        }
        self.outbound.push(data.to_vec(), load);
        Ok(data.len())
    }
}

impl Drop for PairEnd {
    fn drop(&mut self) {
        let unread = !self.inbound.messages.borrow().is_empty();
        self.outbound.reset.set(unread && self.kind == Kind::Stream);
        self.outbound.ended.set(true);
        self.inbound.refused.set(true);
        self.inbound.receiver_gone.set(true);
    }
}

impl Lane {
    fn room(&self) -> usize {
        CAPACITY.saturating_sub(self.load.get())
    }

    fn push(&self, message: Vec<u8>, load: usize) {
        self.messages.borrow_mut().push_back(message);
        self.load.set(self.load.get() + load);
    }

    fn take_bytes(&self, max: usize, peek: bool) -> Vec<u8> {
        let mut messages = self.messages.borrow_mut();
        let mut bytes = Vec::new();
        if peek {
            for message in messages.iter() {
                let more = message.len().min(max - bytes.len());
                bytes.extend_from_slice(&message[..more]);
            }
            return bytes;
        }
        while bytes.len() < max
            && let Some(mut message) = messages.pop_front()
        {
            let rest = message.split_off(message.len().min(max - bytes.len()));
            bytes.append(&mut message);
            if !rest.is_empty() {
                messages.push_front(rest);
            }
        }
        self.load.set(self.load.get() - bytes.len());
        bytes
    }

    fn take_message(&self, peek: bool) -> Vec<u8> {
        let mut messages = self.messages.borrow_mut();
        if peek {
            return messages.front().cloned().unwrap_or_default();
        }
        let message = messages.pop_front().unwrap_or_default();
        self.load.set(self.load.get().saturating_sub(message.len() + MESSAGE_OVERHEAD));
        message
    }
}
