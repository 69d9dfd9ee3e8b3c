//! Readiness as `poll(2)` reports it on Linux.

use std::rc::Rc;

use crate::descriptors::Fd;

/// A set of `POLL*` bits, with Linux's values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Events(u32);

impl Events {
    /// No events.
    pub const NONE: Self = Self(0);
    /// `POLLIN`.
    pub const IN: Self = Self(0x1);
    /// `POLLPRI`.
    pub const PRI: Self = Self(0x2);
    /// `POLLOUT`.
    pub const OUT: Self = Self(0x4);
    /// `POLLERR`.
    pub const ERR: Self = Self(0x8);
    /// `POLLHUP`.
    pub const HUP: Self = Self(0x10);
    /// `POLLNVAL`.
    pub const NVAL: Self = Self(0x20);
    /// `POLLRDNORM`.
    pub const RDNORM: Self = Self(0x40);
    /// `POLLRDBAND`.
    pub const RDBAND: Self = Self(0x80);
    /// `POLLWRNORM`.
    pub const WRNORM: Self = Self(0x100);
    /// `POLLWRBAND`.
    pub const WRBAND: Self = Self(0x200);
    /// `POLLRDHUP`.
    pub const RDHUP: Self = Self(0x2000);

    /// What a stream or a datagram that can be read reports.
    pub(crate) const READABLE: Self = Self(Self::IN.0 | Self::RDNORM.0);
    /// What a stream that can be written reports.
    pub(crate) const WRITABLE: Self = Self(Self::OUT.0 | Self::WRNORM.0);
    /// What a message socket that can be written reports.
    pub(crate) const WRITABLE_MESSAGES: Self = Self(Self::WRITABLE.0 | Self::WRBAND.0);
    /// What is reported whether it was asked for or not.
    const ALWAYS: Self = Self(Self::ERR.0 | Self::HUP.0 | Self::NVAL.0);

    /// The events with these bits.
    #[must_use]
    pub fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The bits of these events.
    #[must_use]
    pub fn bits(self) -> u32 {
        self.0
    }

    /// Whether any of `other` is among these.
    #[must_use]
    pub fn intersects(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// These and `more`.
    #[must_use]
    pub fn with(self, more: Self) -> Self {
        Self(self.0 | more.0)
    }

    /// These, and `more` if `condition` holds.
    pub(crate) fn with_if(self, condition: bool, more: Self) -> Self {
        if condition { self.with(more) } else { self }
    }

    /// What is reported of `self` to a program that asked for `asked`.
    pub(crate) fn reported(self, asked: Self) -> Self {
        Self(self.0 & (asked.0 | Self::ALWAYS.0))
    }

    /// Whether a program that asked for these wants to write.
    pub(crate) fn wants_write(self) -> bool {
        self.intersects(Self::WRITABLE_MESSAGES)
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
        Self { fd, events, revents: Events::NONE }
    }
}

/// Descriptors to wait for again and again, in ascending order and each once. Copies of a list are the same list.
#[derive(Clone, Debug)]
pub struct PollList(Rc<[(Fd, Events)]>);

impl PollList {
    /// A list of `members`; nothing if one of them is there twice.
    #[must_use]
    pub fn new(mut members: Vec<(Fd, Events)>) -> Option<Self> {
        members.sort_unstable_by_key(|(fd, _)| *fd);
        members.is_sorted_by(|(fd, _), (next, _)| fd < next).then(|| Self(members.into()))
    }

    pub(crate) fn members(&self) -> &[(Fd, Events)] {
        &self.0
    }

    /// Whether both are the same list, and not only equal.
    pub(crate) fn is(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }

    /// The entries of those that were found to be ready for something that was asked for.
    pub(crate) fn told(&self, found: &[(u64, Events)]) -> Vec<PollEntry> {
        let entry = |(token, events): &(u64, Events)| {
            let place = self.0.binary_search_by_key(token, |(fd, _)| u64::from(*fd)).ok()?;
            let (fd, asked) = *self.0.get(place)?;
            let revents = events.reported(asked);
            (!revents.is_empty()).then_some(PollEntry { fd, events: asked, revents })
        };
        found.iter().filter_map(entry).collect()
    }
}

/// How far a socket is from being ready: what it reports now, and what its network is to be asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Status {
    /// What holds already, by what the core knows.
    pub(crate) events: Events,
    /// Whether the network is to watch for something to read.
    pub(crate) watch_read: bool,
    /// Whether the network is to watch for room to write.
    pub(crate) watch_write: bool,
}

impl Status {
    /// A socket of which all is known.
    pub(crate) fn known(events: Events) -> Self {
        Self { events, watch_read: false, watch_write: false }
    }
}
