//! Calls that may wait. One crossing does it, unless the program has other threads: then the call is tried, and between one try
//! and the next this thread is parked. A signal ends a wait, and it is begun anew unless a handler of the program's says otherwise.

use super::Host;
use super::bindings::wasocket::socket::host;
use super::convert::{deadline_to_host, error_from_host};
use super::signals;
use crate::error::Result;
use crate::net::{Interest, Source};
use crate::polling::Events;
use crate::time::Deadline;

impl Host {
    /// Makes a call on `source`, which is possible once that is ready for one of `events`.
    pub(super) fn wait<T>(
        &self,
        source: Source<'_, Self>,
        events: Events,
        deadline: Deadline,
        mut call: impl FnMut(host::Deadline) -> std::result::Result<T, host::Error>,
    ) -> Result<T> {
        let interest = Interest { source, events };
        self.with_others(&interest, deadline, &mut |deadline| {
            signals::resumed(|| call(deadline_to_host(deadline)).map_err(error_from_host))
        })
    }

    #[cfg(not(feature = "threads"))]
    fn with_others<T>(
        &self,
        _: &Interest<'_, Self>,
        deadline: Deadline,
        call: &mut dyn FnMut(Deadline) -> Result<T>,
    ) -> Result<T> {
        call(deadline)
    }
}
