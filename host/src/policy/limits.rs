//! How much a guest may use at a time, and how fast.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::network::locked;

/// How much a guest may use. Where there is nothing, there is no limit but the system's.
///
/// Over a count, a call fails with the errno of a busy kernel ([`Exceeded`]); over a rate, it waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Sockets open at once.
    pub sockets: Option<u64>,
    /// Connections open at once that the guest has made.
    pub outbound_connections: Option<u64>,
    /// Connections open at once that the guest has accepted.
    pub inbound_connections: Option<u64>,
    /// Bytes that the operating system keeps for the guest in the buffers of its sockets.
    pub buffer_bytes: Option<u64>,
    /// Lookups under way at once.
    pub lookups_in_flight: Option<u64>,
    /// Lookups that are started in a second.
    pub lookups_per_second: Option<u64>,
    /// Datagrams that are sent in a second.
    pub datagrams_per_second: Option<u64>,
    /// Bytes that are sent and received in a second.
    pub bytes_per_second: Option<u64>,
}

impl Limits {
    /// The limits of a policy that says nothing: only lookups have some, since others have to answer them.
    pub const DEFAULT: Self = Self {
        sockets: None,
        outbound_connections: None,
        inbound_connections: None,
        buffer_bytes: None,
        lookups_in_flight: Some(64),
        lookups_per_second: Some(100),
        datagrams_per_second: None,
        bytes_per_second: None,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Which count is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Exceeded {
    /// `EMFILE`
    #[error("too many sockets are open")]
    Sockets,
    /// `EADDRNOTAVAIL`, as when no local port is free
    #[error("too many connections are open")]
    OutboundConnections,
    /// `EMFILE`
    #[error("too many accepted connections are open")]
    InboundConnections,
    /// `ENOBUFS`
    #[error("too much is buffered")]
    Buffers,
    /// `EAI_AGAIN`
    #[error("too many lookups are under way")]
    Lookups,
}

/// What a guest uses now.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    sockets: Arc<AtomicU64>,
    outbound: Arc<AtomicU64>,
    inbound: Arc<AtomicU64>,
    buffers: Arc<AtomicU64>,
    lookups: Arc<AtomicU64>,
    pub(crate) lookup_rate: Rate,
    pub(crate) datagram_rate: Rate,
    pub(crate) byte_rate: Rate,
}

impl Usage {
    /// Takes `amount` of what `kind` counts, if there is so much left.
    pub(crate) fn take(&self, limits: &Limits, kind: Exceeded, amount: u64) -> Result<Permit, Exceeded> {
        let (counter, limit) = match kind {
            Exceeded::Sockets => (&self.sockets, limits.sockets),
            Exceeded::OutboundConnections => (&self.outbound, limits.outbound_connections),
            Exceeded::InboundConnections => (&self.inbound, limits.inbound_connections),
            Exceeded::Buffers => (&self.buffers, limits.buffer_bytes),
            Exceeded::Lookups => (&self.lookups, limits.lookups_in_flight),
        };
        let limit = limit.unwrap_or(u64::MAX);
        let taken = counter.try_update(Ordering::AcqRel, Ordering::Acquire, |used| {
            used.checked_add(amount).filter(|total| *total <= limit)
        });
        taken.map(|_| Permit { counter: Arc::clone(counter), amount }).map_err(|_| kind)
    }
}

/// Something that is counted, until it is dropped.
#[derive(Debug)]
#[must_use = "it is given back when it is dropped"]
pub struct Permit {
    counter: Arc<AtomicU64>,
    amount: u64,
}

impl Permit {
    /// How much is counted.
    pub(crate) fn amount(&self) -> u64 {
        self.amount
    }

    /// Counts what another one counts, of the same kind.
    pub(crate) fn absorb(&mut self, mut other: Self) {
        debug_assert!(Arc::ptr_eq(&self.counter, &other.counter), "they count the same");
        self.amount += std::mem::take(&mut other.amount);
    }

    /// Counts so much less.
    pub(crate) fn give_back(&mut self, amount: u64) {
        let amount = amount.min(self.amount);
        self.amount -= amount;
        self.counter.fetch_sub(amount, Ordering::AcqRel);
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.counter.fetch_sub(self.amount, Ordering::AcqRel);
    }
}

/// So much per second: a bucket that holds one second's worth, and may be overdrawn by the one who takes last.
#[derive(Debug, Default)]
pub(crate) struct Rate(Mutex<Option<Level>>);

#[derive(Debug)]
struct Level {
    /// Below zero if more was taken than was there.
    left: f64,
    at: Instant,
}

impl Rate {
    /// Takes `amount` and says how long to wait until it is there.
    pub(crate) fn take(&self, per_second: Option<u64>, amount: u64, now: Instant) -> Duration {
        let Some(rate) = per_second else {
            return Duration::ZERO;
        };
        // Rates are far below 2^53.
        let rate = (rate as f64).max(f64::MIN_POSITIVE);
        let mut level = locked(&self.0);
        let level = level.get_or_insert(Level { left: rate, at: now });
        let passed = now.saturating_duration_since(level.at).as_secs_f64();
        level.left = (level.left + passed * rate).min(rate) - amount as f64;
        level.at = level.at.max(now);
        if level.left >= 0.0 {
            return Duration::ZERO;
        }
        Duration::try_from_secs_f64(-level.left / rate).unwrap_or(FOREVER).min(FOREVER)
    }
}

/// A rate of zero is a way to say never, and clocks have an end.
const FOREVER: Duration = Duration::from_secs(365 * 24 * 3600);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_ends_and_what_is_dropped_is_given_back() {
        let (usage, limits) = (Usage::default(), Limits { sockets: Some(2), ..Limits::default() });
        let first = usage.take(&limits, Exceeded::Sockets, 1).unwrap();
        let _second = usage.take(&limits, Exceeded::Sockets, 1).unwrap();
        assert_eq!(usage.take(&limits, Exceeded::Sockets, 1).unwrap_err(), Exceeded::Sockets);
        drop(first);
        let _third = usage.take(&limits, Exceeded::Sockets, 1).unwrap();
        assert!(usage.take(&limits, Exceeded::InboundConnections, u64::MAX).is_ok());
        assert!(usage.take(&limits, Exceeded::Sockets, u64::MAX).is_err(), "no overflow");
    }

    #[test]
    fn a_count_grows_and_shrinks() {
        let (usage, limits) = (Usage::default(), Limits { buffer_bytes: Some(10), ..Limits::default() });
        let mut permit = usage.take(&limits, Exceeded::Buffers, 4).unwrap();
        permit.absorb(usage.take(&limits, Exceeded::Buffers, 6).unwrap());
        assert_eq!(permit.amount(), 10);
        assert!(usage.take(&limits, Exceeded::Buffers, 1).is_err());
        permit.give_back(3);
        let other = usage.take(&limits, Exceeded::Buffers, 3).unwrap();
        drop((permit, other));
        assert!(usage.take(&limits, Exceeded::Buffers, 10).is_ok());
    }

    #[test]
    fn a_rate_lets_a_second_pass_at_once_and_then_makes_wait() {
        let (rate, now) = (Rate::default(), Instant::now());
        for _ in 0..10 {
            assert_eq!(rate.take(Some(10), 1, now), Duration::ZERO);
        }
        assert_eq!(rate.take(Some(10), 1, now), Duration::from_millis(100));
        assert_eq!(rate.take(Some(10), 1, now), Duration::from_millis(200));
        assert_eq!(rate.take(Some(10), 1, now + Duration::from_millis(300)), Duration::ZERO);
        assert_eq!(rate.take(None, u64::MAX, now), Duration::ZERO);
        assert_eq!(rate.take(Some(0), 1, now), FOREVER);
    }
}
