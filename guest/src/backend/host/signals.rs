//! Signals that the host passes on: what takes them, and how a wait ends with one (PEP 475).

#[allow(unsafe_code, reason = "the canonical ABI is pointers and lengths; the generated code alone deals with them")]
#[allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    reason = "generated from the contract, which documents it"
)]
mod bindings {
    wit_bindgen::generate!({
        path: "wit",
        world: "signalled",
        with: { "wasi:io/poll@0.2.12": wasip2::io::poll },
        generate_all,
    });
}

use std::cell::OnceCell;

use wasip2::io::poll::Pollable;

use self::bindings::wasocket::socket::signals as host;
use super::bindings::wasocket::socket::host::poll;
use super::convert::deadline_to_host;
use crate::errno::Errno;
use crate::error::Result;
use crate::time::Deadline;

/// What the program does about signals.
pub trait Handler {
    /// A signal is pending: takes what is. The program's lock, if it has one, may be another thread's or nobody's.
    fn arrived(&self);
    /// Runs handlers in the thread that has waited; whether the call that waits is to end, with `EINTR`.
    fn is_interrupted(&self) -> bool;
    /// Whether the program waits for signals, so that one may end a wait that nothing else ends.
    fn may_come(&self) -> bool;
}

/// What happens when a signal arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// `SIG_DFL`.
    Default,
    /// `SIG_IGN`.
    Ignore,
    /// It becomes pending.
    Catch,
}

thread_local! {
    static HANDLER: OnceCell<&'static dyn Handler> = const { OnceCell::new() };
}

/// From now on `handler` takes signals. The first call counts.
pub fn install(handler: &'static dyn Handler) {
    HANDLER.with(|place| _ = place.set(handler));
}

/// `sigaction(2)`.
pub fn set_disposition(signal: u8, disposition: Disposition) {
    host::set_disposition(
        signal,
        match disposition {
            Disposition::Default => host::Disposition::Default,
            Disposition::Ignore => host::Disposition::Ignore,
            Disposition::Catch => host::Disposition::Catch,
        },
    );
}

/// The set of pending signals, which are not pending any more: bit n - 1 for the signal n.
#[must_use]
pub fn take() -> u64 {
    host::take()
}

/// `setitimer(2)` with `ITIMER_REAL`, in nanoseconds: what was left, and the interval.
pub fn set_timer(first: u64, interval: u64) -> (u64, u64) {
    host::set_timer(first, interval)
}

/// `getitimer(2)`.
#[must_use]
pub fn timer() -> (u64, u64) {
    host::get_timer()
}

/// From now on the host sets `bit` in the byte that `word` starts with, while a signal is pending.
pub fn watch(word: &[u8], bit: u8) {
    host::watch(word, bit);
}

/// The word may mean something else from now on.
pub fn forget(word: &[u8]) {
    host::forget(word);
}

/// After so many nanoseconds the host sets `bit` in all these bytes, and again until the next request; whether it can.
#[must_use]
pub fn request_turn(bit: u8, after: u64) -> bool {
    host::request_turn(bit, after)
}

/// Waits until a signal is pending, and has it taken, or until the deadline; whether one was. Handlers have yet to run.
#[must_use]
pub fn wait(deadline: Deadline) -> bool {
    let is_pending = poll(&[], &[], deadline_to_host(deadline)).is_err();
    if is_pending {
        arrived();
    }
    is_pending
}

fn with_handler<T>(call: impl FnOnce(&dyn Handler) -> T) -> Option<T> {
    HANDLER.with(|handler| handler.get().copied()).map(call)
}

/// A wait has ended because a signal is pending.
pub(super) fn arrived() {
    with_handler(|handler| handler.arrived());
}

/// Runs handlers where a thread has waited.
///
/// # Errors
/// `EINTR`: one of them ends the call.
pub(super) fn check() -> Result<()> {
    if with_handler(|handler| handler.is_interrupted()).unwrap_or(false) { Err(Errno::EINTR.into()) } else { Ok(()) }
}

/// Makes a call that waits; none if a signal has ended it, whose handlers have run.
pub(super) fn interrupted<T>(call: impl FnOnce() -> Result<T>) -> Result<Option<T>> {
    match call() {
        Err(error) if error.is_interrupted() => {
            arrived();
            check()?;
            Ok(None)
        }
        answer => answer.map(Some),
    }
}

/// Waits until handlers have run, or until the deadline; false if the program waits for no signals.
pub(super) fn wait_for_handlers(deadline: Deadline) -> Result<bool> {
    let may_come = with_handler(|handler| handler.may_come()).unwrap_or(false);
    if deadline == Deadline::Now || !may_come {
        return Ok(false);
    }
    if wait(deadline) {
        check()?;
    }
    Ok(true)
}

/// Makes a call that waits, again after each signal, unless a handler ends it.
pub(super) fn resumed<T>(mut call: impl FnMut() -> Result<T>) -> Result<T> {
    loop {
        if let Some(answer) = interrupted(&mut call)? {
            return Ok(answer);
        }
    }
}

/// A pollable that is ready while a signal is pending, if anybody takes signals.
pub(super) fn subscribe() -> Option<Pollable> {
    with_handler(|_| host::subscribe())
}
