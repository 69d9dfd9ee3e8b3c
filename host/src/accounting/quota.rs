//! How much a guest uses at a time, counted against the policy's limits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::policy::limits::Limits;

/// What is counted. Each case names the errno that a guest gets over the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Quota {
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

/// A count is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{0}")]
pub struct QuotaExceeded(pub Quota);

/// What a guest uses now.
#[derive(Debug, Default)]
pub(crate) struct Usage {
    sockets: Arc<AtomicU64>,
    outbound: Arc<AtomicU64>,
    inbound: Arc<AtomicU64>,
    buffers: Arc<AtomicU64>,
    lookups: Arc<AtomicU64>,
}

impl Usage {
    /// Takes `amount` of a quota, if there is so much left.
    pub(crate) fn take(&self, limits: &Limits, quota: Quota, amount: u64) -> Result<Permit, QuotaExceeded> {
        let (counter, limit) = match quota {
            Quota::Sockets => (&self.sockets, limits.sockets),
            Quota::OutboundConnections => (&self.outbound, limits.outbound_connections),
            Quota::InboundConnections => (&self.inbound, limits.inbound_connections),
            Quota::Buffers => (&self.buffers, limits.buffer_bytes),
            Quota::Lookups => (&self.lookups, limits.lookups_in_flight),
        };
        let limit = limit.unwrap_or(u64::MAX);
        let taken = counter.try_update(Ordering::AcqRel, Ordering::Acquire, |used| {
            used.checked_add(amount).filter(|total| *total <= limit)
        });
        taken.map(|_| Permit { counter: Arc::clone(counter), amount }).map_err(|_| QuotaExceeded(quota))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_ends_and_what_is_dropped_is_given_back() {
        let (usage, limits) = (Usage::default(), Limits { sockets: Some(2), ..Limits::default() });
        let first = usage.take(&limits, Quota::Sockets, 1).unwrap();
        let _second = usage.take(&limits, Quota::Sockets, 1).unwrap();
        assert_eq!(usage.take(&limits, Quota::Sockets, 1).unwrap_err(), QuotaExceeded(Quota::Sockets));
        drop(first);
        let _third = usage.take(&limits, Quota::Sockets, 1).unwrap();
        assert!(usage.take(&limits, Quota::InboundConnections, u64::MAX).is_ok());
        assert!(usage.take(&limits, Quota::Sockets, u64::MAX).is_err(), "no overflow");
    }

    #[test]
    fn a_count_grows_and_shrinks() {
        let (usage, limits) = (Usage::default(), Limits { buffer_bytes: Some(10), ..Limits::default() });
        let mut permit = usage.take(&limits, Quota::Buffers, 4).unwrap();
        permit.absorb(usage.take(&limits, Quota::Buffers, 6).unwrap());
        assert_eq!(permit.amount(), 10);
        assert!(usage.take(&limits, Quota::Buffers, 1).is_err());
        permit.give_back(3);
        let other = usage.take(&limits, Quota::Buffers, 3).unwrap();
        drop((permit, other));
        assert!(usage.take(&limits, Quota::Buffers, 10).is_ok());
    }
}
