//! The contract's interface `signals`.

use std::time::Duration;

use wasmtime::Result;
use wasmtime::component::Resource;
use wasmtime_wasi::p2::{DynPollable, Pollable};

use super::bindings::wasocket::socket::signals::{Disposition, Host};
use super::imports::View;
use crate::signals::{self, Signal, Signals};

/// What is ready while a signal is pending.
struct Pending(Signals);

#[wasmtime_wasi::async_trait]
impl Pollable for Pending {
    async fn ready(&mut self) {
        self.0.pending().await;
    }
}

impl Host for View<'_> {
    fn set_disposition(&mut self, signal: u8, disposition: Disposition) -> Result<()> {
        let disposition = match disposition {
            Disposition::Default => signals::Disposition::Default,
            Disposition::Ignore => signals::Disposition::Ignore,
            Disposition::Catch => signals::Disposition::Catch,
        };
        if let Some(signal) = Signal::new(signal) {
            self.sockets.waits.signals.set_disposition(signal, disposition);
        }
        Ok(())
    }

    fn take(&mut self) -> Result<u64> {
        Ok(self.sockets.waits.signals.take().bits())
    }

    fn subscribe(&mut self) -> Result<Resource<DynPollable>> {
        let pending = self.table.push(Pending(self.sockets.waits.signals.clone()))?;
        wasmtime_wasi::p2::subscribe(self.table, pending)
    }

    fn set_timer(&mut self, first: u64, interval: u64) -> Result<(u64, u64)> {
        let (first, interval) = (Duration::from_nanos(first), Duration::from_nanos(interval));
        Ok(nanoseconds(self.sockets.waits.signals.set_timer(first, interval)))
    }

    fn get_timer(&mut self) -> Result<(u64, u64)> {
        Ok(nanoseconds(self.sockets.waits.signals.timer()))
    }

    /// A store's data may outlive the guest's memory, so only a store of this crate's own changes that:
    /// see `runtime::signals`.
    fn watch(&mut self, _: Vec<u8>, _: u8) -> Result<()> {
        Ok(())
    }

    fn forget(&mut self, _: Vec<u8>) -> Result<()> {
        Ok(())
    }

    fn request_turn(&mut self, bit: u8, after: u64) -> Result<bool> {
        Ok(self.sockets.waits.signals.request_turn(bit, Duration::from_nanos(after)))
    }
}

fn nanoseconds((left, interval): (Duration, Duration)) -> (u64, u64) {
    let of = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
    (of(left), of(interval))
}
