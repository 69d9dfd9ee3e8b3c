//! Amounts per second.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::sync::locked;

/// An amount per second: a bucket with one second's worth, which the last call may overdraw.
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
