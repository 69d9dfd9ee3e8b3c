//! Time as sockets use it: a monotonic clock, a timeout as Python states it, and the deadline of one call.

use std::time::Duration;

/// A reading of the monotonic clock, in nanoseconds since some fixed moment of this program's run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Moment(pub u64);

impl Moment {
    /// This moment and `duration` after it; the end of time if that cannot be expressed (584 years).
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)))
    }

    /// How long it is from this moment until `later`; zero if `later` has passed.
    #[must_use]
    pub fn until(self, later: Self) -> Duration {
        Duration::from_nanos(later.0.saturating_sub(self.0))
    }
}

/// How long a call may wait, in the three modes of `socket.settimeout(value)`.
///
/// # References
/// - <https://docs.python.org/3/library/socket.html#notes-on-socket-timeouts>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timeout {
    /// `settimeout(None)`: wait for as long as it takes.
    Blocking,
    /// `settimeout(0.0)`: never wait; what cannot be done at once is `EAGAIN`.
    NonBlocking,
    /// `settimeout(seconds)`: wait at most this long; then [`Error::Timeout`](crate::Error::Timeout).
    After(Duration),
}

impl Timeout {
    /// The deadline of a call that starts `now`.
    #[must_use]
    pub fn deadline(self, now: impl FnOnce() -> Moment) -> Deadline {
        match self {
            Self::Blocking => Deadline::Never,
            Self::NonBlocking => Deadline::Now,
            Self::After(duration) => Deadline::At(now().after(duration)),
        }
    }
}

/// When one operation of a [`Network`](crate::net::Network) has to give up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deadline {
    /// Wait for as long as it takes.
    Never,
    /// Try once.
    Now,
    /// Wait until this moment.
    At(Moment),
}

impl Deadline {
    /// Whether the time is over.
    pub(crate) fn has_passed(self, now: impl FnOnce() -> Moment) -> bool {
        match self {
            Self::Never => false,
            Self::Now => true,
            Self::At(moment) => now() >= moment,
        }
    }
}
