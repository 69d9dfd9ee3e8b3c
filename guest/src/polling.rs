//! Readiness as `poll(2)` and `epoll(7)` report it on Linux.

use std::rc::Rc;

use bitflags::bitflags;

use crate::descriptors::Fd;

bitflags! {
    /// `POLL*` and `EPOLL*`: what a descriptor is asked about, and what it is ready for. Linux's values.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Events: u32 {
        /// `POLLIN`.
        const IN = 0x1;
        /// `POLLPRI`.
        const PRI = 0x2;
        /// `POLLOUT`.
        const OUT = 0x4;
        /// `POLLERR`.
        const ERR = 0x8;
        /// `POLLHUP`.
        const HUP = 0x10;
        /// `POLLNVAL`.
        const NVAL = 0x20;
        /// `POLLRDNORM`.
        const RDNORM = 0x40;
        /// `POLLRDBAND`.
        const RDBAND = 0x80;
        /// `POLLWRNORM`.
        const WRNORM = 0x100;
        /// `POLLWRBAND`.
        const WRBAND = 0x200;
        /// `POLLMSG`: never reported.
        const MSG = 0x400;
        /// `POLLRDHUP`.
        const RDHUP = 0x2000;

        /// What a stream or a datagram that can be read reports.
        const READABLE = Self::IN.bits() | Self::RDNORM.bits();
        /// What a stream that can be written reports.
        const WRITABLE = Self::OUT.bits() | Self::WRNORM.bits();
        /// What a message socket that can be written reports.
        const WRITABLE_MESSAGES = Self::WRITABLE.bits() | Self::WRBAND.bits();
        /// All that a receive may use up.
        const TO_READ = Self::READABLE.bits() | Self::PRI.bits() | Self::RDBAND.bits() | Self::RDHUP.bits();
        /// What is reported whether it was asked for or not.
        const ALWAYS = Self::ERR.bits() | Self::HUP.bits() | Self::NVAL.bits();
        /// What `select.poll.register` and `select.epoll.register` ask for if nothing is said.
        const DEFAULT = Self::IN.bits() | Self::PRI.bits() | Self::OUT.bits();

        /// What `select(2)` reports as readable.
        const SELECT_READ = Self::READABLE.bits() | Self::RDBAND.bits() | Self::HUP.bits() | Self::ERR.bits();
        /// What `select(2)` reports as writable.
        const SELECT_WRITE = Self::WRITABLE_MESSAGES.bits() | Self::ERR.bits();
        /// What `select(2)` reports as exceptional.
        const SELECT_EXCEPTIONAL = Self::PRI.bits();

        // Bits without a name are kept.
        const _ = !0;
    }
}

impl Events {
    /// These, and `more` if `condition` holds.
    pub(crate) fn with_if(self, condition: bool, more: Self) -> Self {
        if condition { self | more } else { self }
    }

    /// What is reported of `self` to a program that asked for `asked`.
    pub(crate) fn reported(self, asked: Self) -> Self {
        self & (asked | Self::ALWAYS)
    }

    /// Whether a program that asked for these wants to write.
    pub(crate) fn wants_write(self) -> bool {
        self.intersects(Self::WRITABLE_MESSAGES)
    }
}

bitflags! {
    /// How an `epoll` registration reports: `EPOLLET` and its kin, in Linux's bits. Without, for as long as it is so.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Trigger: u32 {
        /// `EPOLLEXCLUSIVE`: wake one of several processes; there is only one.
        const EXCLUSIVE = 1 << 28;
        /// `EPOLLWAKEUP`: keep the system awake; without effect.
        const WAKEUP = 1 << 29;
        /// `EPOLLONESHOT`: once, and then not again before it is modified.
        const ONE_SHOT = 1 << 30;
        /// `EPOLLET`: once for each change.
        const EDGE = 1 << 31;
    }
}

/// One descriptor to wait for: `struct pollfd`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollEntry {
    /// The descriptor.
    pub fd: Fd,
    /// What is asked for.
    pub events: Events,
    /// What was found; `NVAL` for a descriptor that is not open.
    pub revents: Events,
}

impl PollEntry {
    /// An entry that asks for `events` of `fd`.
    #[must_use]
    pub fn new(fd: Fd, events: Events) -> Self {
        Self { fd, events, revents: Events::empty() }
    }
}

/// Descriptors that are polled again and again, in ascending order and each once. Copies of a list are the same list, which
/// need not be compared.
#[derive(Clone, Debug)]
pub struct PollList(Rc<[PollEntry]>);

impl PollList {
    /// A list of `entries`; nothing if a descriptor is there twice.
    #[must_use]
    pub fn new(mut entries: Vec<PollEntry>) -> Option<Self> {
        entries.sort_unstable_by_key(|entry| entry.fd);
        entries.is_sorted_by(|entry, next| entry.fd < next.fd).then(|| Self(entries.into()))
    }

    pub(crate) fn entries(&self) -> &[PollEntry] {
        &self.0
    }

    /// Whether both are the same list, and not only equal.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}
