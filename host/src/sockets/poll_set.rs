//! A poll set: the system's `epoll`, each descriptor under a token. Waiting costs by what is ready.

use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, Weak};

use rustix::event::epoll;
use tokio::io::Interest;
use wasmtime_wasi::p2::Pollable;

use super::bindings::wasocket::socket::host::{Event, Readiness, Trigger};
use super::descriptors::Descriptor;
use super::errors::{HostResult, os};
use super::lookup::Lookup;
use super::socket::Socket;
use super::state::Sockets;
use super::types::Errno;
use super::waiting::{HostDeadline, Watched};
use crate::signals::Signals;
use crate::sync::locked;

/// A set of sockets and lookups that a guest waits for.
#[expect(unreachable_pub, reason = "the generated code re-exports it")]
pub struct PollSet {
    set: Watched<OwnedFd>,
    signals: Signals,
    /// Whether a signal is among the events, so that waiting for the set is waiting for signals.
    has_signals: bool,
    members: Mutex<HashMap<u64, Member>>,
    _descriptor: Descriptor,
}

/// What a token stands for. It is gone once the guest has dropped it.
enum Member {
    Socket(Weak<socket2::Socket>),
    Lookup(Weak<OwnedFd>),
}

/// The same, while it is there.
enum Living {
    Socket(Arc<socket2::Socket>),
    Lookup(Arc<OwnedFd>),
}

impl Member {
    fn is_living(&self) -> bool {
        match self {
            Self::Socket(socket) => socket.strong_count() > 0,
            Self::Lookup(answer) => answer.strong_count() > 0,
        }
    }

    fn living(&self) -> Option<Living> {
        match self {
            Self::Socket(socket) => socket.upgrade().map(Living::Socket),
            Self::Lookup(answer) => answer.upgrade().map(Living::Lookup),
        }
    }
}

impl AsFd for Living {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Socket(socket) => socket.as_fd(),
            Self::Lookup(answer) => answer.as_fd(),
        }
    }
}

impl PollSet {
    /// `select.epoll()`.
    pub(super) fn create(sockets: &Sockets) -> HostResult<Self> {
        let descriptor = sockets.count()?;
        let set = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let signals = sockets.waits.signals.clone();
        let has_signals = match signals.event() {
            Some(event) => {
                epoll::add(set.as_fd(), event, epoll::EventData::new_u64(SIGNALS), epoll::EventFlags::IN)?;
                true
            }
            None => false,
        };
        Ok(Self {
            signals,
            has_signals,
            set: Watched::new(Arc::new(set), &sockets.waits),
            members: Mutex::default(),
            _descriptor: descriptor,
        })
    }

    /// `epoll.register(fd, eventmask)`.
    pub(super) fn add_socket(
        &self,
        token: u64,
        socket: &Socket,
        readiness: Readiness,
        trigger: Trigger,
    ) -> HostResult<()> {
        let descriptor = socket.inner.get();
        self.add(token, descriptor.as_fd(), asked(readiness) | triggers(trigger), || {
            Member::Socket(Arc::downgrade(descriptor))
        })?;
        let mut watchers = locked(&socket.watchers);
        watchers.retain(|set| set.strong_count() > 0);
        let set = Arc::downgrade(self.set.get());
        if !watchers.iter().any(|known| known.ptr_eq(&set)) {
            watchers.push(set);
        }
        Ok(())
    }

    /// Adds a lookup, which is readable when its answer is there.
    pub(super) fn add_lookup(&self, token: u64, lookup: &Lookup, trigger: Trigger) -> HostResult<()> {
        let answer = lookup.answered();
        self.add(token, answer.as_fd(), epoll::EventFlags::IN | triggers(trigger), || {
            Member::Lookup(Arc::downgrade(answer))
        })
    }

    fn add(
        &self,
        token: u64,
        descriptor: BorrowedFd<'_>,
        flags: epoll::EventFlags,
        member: impl FnOnce() -> Member,
    ) -> HostResult<()> {
        if token == SIGNALS {
            return Err(os(Errno::InvalidArgument));
        }
        let mut members = locked(&self.members);
        if members.get(&token).and_then(Member::living).is_some() {
            return Err(os(Errno::Exists));
        }
        // Closing without removing leaves a token behind. Such tokens are dropped before the map would grow.
        if members.len() == members.capacity() {
            members.retain(|_, member| member.is_living());
        }
        epoll::add(self.set.get().as_fd(), descriptor, epoll::EventData::new_u64(token), flags)?;
        members.insert(token, member());
        Ok(())
    }

    /// How many tokens it remembers.
    #[cfg(test)]
    pub(super) fn tokens(&self) -> usize {
        locked(&self.members).len()
    }

    /// `epoll.modify(fd, eventmask)`.
    pub(super) fn modify(&self, token: u64, readiness: Readiness, trigger: Trigger) -> HostResult<()> {
        let members = locked(&self.members);
        let member = members.get(&token).and_then(Member::living).ok_or_else(|| os(Errno::NoSuchEntry))?;
        let flags = asked(readiness) | triggers(trigger);
        Ok(epoll::modify(self.set.get().as_fd(), &member, epoll::EventData::new_u64(token), flags)?)
    }

    /// `epoll.unregister(fd)`.
    pub(super) fn remove(&self, token: u64) -> HostResult<()> {
        let member = locked(&self.members).remove(&token).and_then(|member| member.living());
        let member = member.ok_or_else(|| os(Errno::NoSuchEntry))?;
        Ok(epoll::delete(self.set.get().as_fd(), &member)?)
    }

    /// `epoll.poll(timeout, maxevents)`.
    pub(super) async fn wait(&self, until: HostDeadline, max_events: u32) -> HostResult<Vec<Event>> {
        if max_events == 0 {
            return Err(os(Errno::InvalidArgument));
        }
        let max = (max_events as usize).min(MAX_EVENTS);
        if self.set.may_wait_here() && (self.has_signals || self.signals.event().is_none()) {
            match ready(self.set.get().as_fd(), max, until) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock && self.signals.is_pending() => {
                    return if until == HostDeadline::Now { Ok(Vec::new()) } else { Err(os(Errno::Interrupted)) };
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Vec::new()),
                answer => return Ok(answer?),
            }
        }
        match self.set.attempt(Interest::READABLE, until, |set| ready(set.as_fd(), max, HostDeadline::Now)).await {
            Ok(events) => Ok(events),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }
}

/// The pollable of a set: ready as soon as something in it is.
#[wasmtime_wasi::async_trait]
impl Pollable for PollSet {
    async fn ready(&mut self) {
        // A set that the system refuses to watch is ready: the next `wait` reports the error.
        drop(self.set.readable().await);
    }
}

/// What is ready in time; "would block" if nothing is.
fn ready(set: BorrowedFd<'_>, max: usize, until: HostDeadline) -> io::Result<Vec<Event>> {
    let mut events = Vec::with_capacity(max);
    epoll::wait(set, rustix::buffer::spare_capacity(&mut events), until.left().as_ref())?;
    let events: Vec<Event> = events
        .into_iter()
        .map(|event| Event { token: event.data.u64(), readiness: found(event.flags) })
        .filter(|event| event.readiness != Readiness::empty() && event.token != SIGNALS)
        .collect();
    if events.is_empty() { Err(io::ErrorKind::WouldBlock.into()) } else { Ok(events) }
}

pub(super) fn asked(readiness: Readiness) -> epoll::EventFlags {
    FLAGS
        .iter()
        .filter(|(flag, _)| readiness.contains(*flag))
        .fold(epoll::EventFlags::empty(), |all, (_, bit)| all | *bit)
}

fn found(bits: epoll::EventFlags) -> Readiness {
    FLAGS.iter().filter(|(_, bit)| bits.contains(*bit)).fold(Readiness::empty(), |all, (flag, _)| all | *flag)
}

fn triggers(trigger: Trigger) -> epoll::EventFlags {
    let mut flags = epoll::EventFlags::empty();
    flags.set(epoll::EventFlags::ET, trigger.contains(Trigger::EDGE));
    flags.set(epoll::EventFlags::ONESHOT, trigger.contains(Trigger::ONE_SHOT));
    flags
}

const FLAGS: &[(Readiness, epoll::EventFlags)] = &[
    (Readiness::READABLE, epoll::EventFlags::IN),
    (Readiness::PRIORITY, epoll::EventFlags::PRI),
    (Readiness::WRITABLE, epoll::EventFlags::OUT),
    (Readiness::ERROR, epoll::EventFlags::ERR),
    (Readiness::HANG_UP, epoll::EventFlags::HUP),
    (Readiness::READ_HANG_UP, epoll::EventFlags::RDHUP),
];

/// The token of signals, which no guest has for anything else.
const SIGNALS: u64 = u64::MAX;

/// How many events one call yields at most.
const MAX_EVENTS: usize = 4096;
