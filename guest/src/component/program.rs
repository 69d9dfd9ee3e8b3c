//! What one instance of the component holds: its sockets and its default timeout.

use std::cell::Cell;
use std::time::Duration;

use crate::backend::wasi::Wasi;
use crate::sockets::Sockets;
use crate::time::Timeout;

thread_local! {
    static SOCKETS: Sockets<Wasi> = Sockets::new(Wasi::new());
    static DEFAULT_TIMEOUT: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Calls `function` with the sockets of this instance.
pub(super) fn with_sockets<T>(function: impl FnOnce(&Sockets<Wasi>) -> T) -> T {
    SOCKETS.with(function)
}

/// The timeout of new sockets, in nanoseconds.
pub(super) fn default_timeout() -> Option<u64> {
    DEFAULT_TIMEOUT.get()
}

/// Sets the timeout of new sockets.
pub(super) fn set_default_timeout(timeout: Option<u64>) {
    DEFAULT_TIMEOUT.set(timeout);
}

/// The mode of a call with this timeout.
pub(super) fn mode(timeout: Option<u64>) -> Timeout {
    match timeout {
        None => Timeout::Blocking,
        Some(0) => Timeout::NonBlocking,
        Some(nanoseconds) => Timeout::After(Duration::from_nanos(nanoseconds)),
    }
}
