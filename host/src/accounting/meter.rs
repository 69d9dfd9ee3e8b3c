//! The one place where what a guest uses is counted: sockets and connections at a time, bytes and datagrams of the wire in a
//! second.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;

use super::quota::{Permit, Quota, QuotaExceeded, Usage};
use super::rate::Rate;
use crate::policy::rules::Policy;

/// What one guest uses, under the limits of the policy that is in force at the moment.
#[derive(Debug)]
pub(crate) struct Meter {
    policy: Arc<ArcSwap<Policy>>,
    usage: Usage,
    lookups: Rate,
    datagrams: Rate,
    bytes: Rate,
}

impl Meter {
    pub(crate) fn new(policy: Arc<ArcSwap<Policy>>) -> Self {
        Self {
            policy,
            usage: Usage::default(),
            lookups: Rate::default(),
            datagrams: Rate::default(),
            bytes: Rate::default(),
        }
    }

    /// Takes `amount` of a quota, until the answer is dropped.
    pub(crate) fn take(&self, quota: Quota, amount: u64) -> Result<Permit, QuotaExceeded> {
        self.usage.take(self.policy.load().limits(), quota, amount)
    }

    /// Whether the policy counts the buffers of sockets.
    pub(crate) fn limits_buffers(&self) -> bool {
        self.policy.load().limits().buffer_bytes.is_some()
    }

    /// Counts bytes that have passed, whose time is to come: see [`is_behind`](Self::is_behind).
    pub(crate) fn count_bytes(&self, bytes: u64) {
        self.take_bytes(bytes);
    }

    /// Whether more bytes have been counted than may have passed by now.
    pub(crate) fn is_behind(&self) -> bool {
        !self.take_bytes(0).is_zero()
    }

    /// Waits until the policy's bytes per second allow `bytes`; returns at once without that limit.
    pub(crate) async fn pace_bytes(&self, bytes: u64) {
        pause(self.take_bytes(bytes)).await;
    }

    /// Waits until the policy's datagrams per second allow `datagrams`; returns at once without that limit.
    pub(crate) async fn pace_datagrams(&self, datagrams: u64) {
        let limit = self.policy.load().limits().datagrams_per_second;
        if limit.is_some() {
            pause(self.datagrams.take(limit, datagrams, Instant::now())).await;
        }
    }

    /// Waits until one more lookup may be started; it counts until the answer is dropped.
    pub(crate) async fn start_lookup(&self) -> Result<Permit, QuotaExceeded> {
        let permit = self.take(Quota::Lookups, 1)?;
        let limit = self.policy.load().limits().lookups_per_second;
        pause(self.lookups.take(limit, 1, Instant::now())).await;
        Ok(permit)
    }

    /// Counts bytes, and says how long it is until they may have passed.
    pub(crate) fn take_bytes(&self, bytes: u64) -> Duration {
        match self.policy.load().limits().bytes_per_second {
            None => Duration::ZERO,
            limit => self.bytes.take(limit, bytes, Instant::now()),
        }
    }
}

async fn pause(duration: Duration) {
    if !duration.is_zero() {
        tokio::time::sleep(duration).await;
    }
}
