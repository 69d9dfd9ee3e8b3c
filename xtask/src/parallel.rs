//! Work on several cores.

use anyhow::Result;
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::{Mutex, PoisonError};
use std::thread::{self, available_parallelism};

/// Does two things side by side: either has long parts for one core.
pub(crate) fn beside<T: Send, U>(one: impl FnOnce() -> T + Send, other: impl FnOnce() -> U) -> (T, U) {
    thread::scope(|scope| {
        let one = scope.spawn(one);
        let other = other();
        (one.join().unwrap_or_else(|panic| resume_unwind(panic)), other)
    })
}

/// Does the same with each item, as many at a time as there are cores: what comes out, in no order. A core stops at a failure.
pub(crate) fn with_each<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> Result<R> + Sync) -> Result<Vec<R>> {
    let left = Mutex::new(items.into_iter());
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = || -> Result<Vec<R>> {
        let mut results = Vec::new();
        while let Some(item) = next() {
            results.push(work(item)?);
        }
        Ok(results)
    };
    let results: Result<Vec<Vec<R>>> = thread::scope(|scope| {
        let running: Vec<_> = (0..available_parallelism().map_or(1, NonZero::get)).map(|_| scope.spawn(work)).collect();
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    Ok(results?.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use anyhow::bail;

    use super::*;

    #[test]
    fn each_item_is_worked_on_once() -> Result<()> {
        let mut doubled = with_each((0..100).collect(), |number: i32| Ok(number * 2))?;
        doubled.sort_unstable();
        assert_eq!(doubled, (0..100).map(|number| number * 2).collect::<Vec<_>>());
        Ok(())
    }

    #[test]
    fn a_failure_is_the_result() {
        let failed = with_each(vec![1, 2, 3], |number| if number == 2 { bail!("two") } else { Ok(number) });
        assert_eq!(failed.expect_err("it failed").to_string(), "two");
    }
}
