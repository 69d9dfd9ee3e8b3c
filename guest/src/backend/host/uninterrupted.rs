//! Waits of a program that takes no signals: nothing ends them.

use wasip2::io::poll::Pollable;

use crate::error::Result;
use crate::time::Deadline;

#[cfg(feature = "threads")]
pub(super) fn arrived() {}

#[cfg(feature = "threads")]
#[expect(clippy::unnecessary_wraps, reason = "with signals it may fail")]
pub(super) fn check() -> Result<()> {
    Ok(())
}

pub(super) fn resumed<T>(mut call: impl FnMut() -> Result<T>) -> Result<T> {
    call()
}

pub(super) fn interrupted<T>(call: impl FnOnce() -> Result<T>) -> Result<Option<T>> {
    call().map(Some)
}

#[expect(clippy::unnecessary_wraps, reason = "with signals it may fail")]
pub(super) fn wait_for_handlers(_: Deadline) -> Result<bool> {
    Ok(false)
}

pub(super) fn subscribe() -> Option<Pollable> {
    None
}
