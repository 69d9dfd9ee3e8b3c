//! Yields to the runtime while a guest is busy.
//!
//! The guest runs on the thread that also watches the sockets, which halves the time of a small round trip. The price: as
//! long as the guest does not wait, no one looks whether anything has arrived or can leave. A guest that tries a
//! non-blocking `recv` over and over would never see its data. So every call into the host hands the thread over, unless
//! it has been handed over a moment ago.

use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use wasmtime::{CallHook, CallHookHandler, Result, StoreContextMut};

/// The hook to install with `Store::call_hook_async`.
pub(crate) struct YieldHook {
    start: Instant,
    /// Nanoseconds from `start` to the last time the thread was handed over.
    last: AtomicU64,
}

impl YieldHook {
    pub(crate) fn new() -> Self {
        Self { start: Instant::now(), last: AtomicU64::new(0) }
    }

    /// Whether it is time again; if so, notes that it is done.
    fn is_due(&self) -> bool {
        let elapsed = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let is_due = elapsed - self.last.load(Ordering::Relaxed).min(elapsed) >= INTERVAL.as_nanos() as u64;
        if is_due {
            self.last.store(elapsed, Ordering::Relaxed);
        }
        is_due
    }
}

type HookResult<'a> = Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

// Written out rather than as `async fn`: this runs twice per call into the host, and boxing `Ready` allocates nothing.
impl<T> CallHookHandler<T> for YieldHook {
    fn handle_call_event<'hook, 'store, 'answer>(
        &'hook self,
        _store: StoreContextMut<'store, T>,
        event: CallHook,
    ) -> HookResult<'answer>
    where
        'hook: 'answer,
        'store: 'answer,
        Self: 'answer,
    {
        match event {
            CallHook::CallingHost if self.is_due() => Box::pin(async {
                tokio::task::yield_now().await;
                Ok(())
            }),
            CallHook::CallingHost
            | CallHook::ReturningFromHost
            | CallHook::CallingWasm
            | CallHook::ReturningFromWasm => Box::pin(Ready),
        }
    }
}

struct Ready;

impl Future for Ready {
    type Output = Result<()>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(Ok(()))
    }
}

/// How long the guest may keep the thread. Handing over costs about a microsecond; waiting this long for data that is there
/// goes unnoticed by a guest that is busy anyway.
const INTERVAL: Duration = Duration::from_micros(500);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_thread_is_handed_over_once_per_interval() {
        let long_ago = Instant::now().checked_sub(10 * INTERVAL).unwrap();
        let breath = YieldHook { start: long_ago, last: AtomicU64::new(0) };
        assert!(breath.is_due());
        let just_now = YieldHook { start: Instant::now() + Duration::from_secs(3600), last: AtomicU64::new(0) };
        assert!(!just_now.is_due(), "no time has passed");
    }
}
