//! The audit of a guest's use of the network, and what happens when it fails.

use std::fmt;
use std::io;
use std::sync::OnceLock;

use tokio::sync::Notify;

use super::event::Event;
use super::telemetry;

/// Receives all events. An error means that the event is lost.
pub(crate) type Sink = dyn Fn(&Event) -> io::Result<()> + Send + Sync;

/// The audit of one guest.
#[derive(Default)]
pub(crate) struct Audit {
    guest: String,
    sink: Option<Box<Sink>>,
    /// Why events are lost, from the first one that was. From then on nothing is allowed any more.
    failure: OnceLock<String>,
    failed: Notify,
}

impl fmt::Debug for Audit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Audit").field("guest", &self.guest).finish_non_exhaustive()
    }
}

impl Audit {
    /// The audit of the guest with this name.
    pub(crate) fn new(guest: String, sink: Option<Box<Sink>>) -> Self {
        Self { guest, sink, ..Self::default() }
    }

    /// What events call the guest.
    pub(crate) fn guest(&self) -> &str {
        &self.guest
    }

    /// Tells of an event, which is only made if somebody listens.
    pub(crate) fn emit(&self, event: impl FnOnce() -> Event) {
        if self.sink.is_none() && !telemetry::is_heard() {
            return;
        }
        let mut event = event();
        event.guest.clone_from(&self.guest);
        telemetry::emit(&event);
        if let Some(Err(error)) = self.sink.as_ref().map(|sink| sink(&event)) {
            let _ = self.failure.set(error.to_string());
            self.failed.notify_waiters();
        }
    }

    /// Why events are lost, if they are.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.failure.get().map(String::as_str)
    }

    /// Waits until an event is lost: why.
    pub(crate) async fn until_failure(&self) -> String {
        loop {
            let failed = self.failed.notified();
            if let Some(failure) = self.failure.get() {
                return failure.clone();
            }
            failed.await;
        }
    }
}
