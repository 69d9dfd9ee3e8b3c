//! One core for processes that take turns.
//!
//! Where a contender and its peer wait for each other, never more than one core works. Left alone, the scheduler sometimes
//! keeps both on one and sometimes not; then the time to wake a sleeping core, 20 to 40 µs on a virtual machine, dominates the
//! result.

use anyhow::{Context, Result};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// What `start` starts runs on one core, with all that it starts itself.
pub(crate) fn on_one<R>(start: impl FnOnce() -> Result<R>) -> Result<R> {
    let all = sched_getaffinity(None).context("cannot see which cores there are")?;
    let first = (0..CpuSet::MAX_CPU).find(|core| all.is_set(*core)).context("there is no core")?;
    let mut one = CpuSet::new();
    one.set(first);
    sched_setaffinity(None, &one).context("cannot keep to one core")?;
    let started = start();
    sched_setaffinity(None, &all).context("cannot use all cores again")?;
    started
}
