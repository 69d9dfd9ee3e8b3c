//! Waits of a program that takes no signals: nothing ends them.

use wasip2::io::poll::Pollable;

use crate::error::Result;

pub(super) fn arrived() {}

#[expect(clippy::unnecessary_wraps, reason = "with signals it may fail")]
pub(super) fn check() -> Result<()> {
    Ok(())
}

pub(super) fn resumed<T>(mut call: impl FnMut() -> Result<T>) -> Result<T> {
    call()
}

pub(super) fn may_come() -> bool {
    false
}

pub(super) fn subscribe() -> Option<Pollable> {
    None
}
