//! The two streams of a connection: what goes over them is counted, and goes no faster than the policy lets it.

use std::sync::Weak;

use bytes::Bytes;
use wasmtime::component::Resource;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::{
    DynInputStream, DynOutputStream, InputStream, OutputStream, Pollable, StreamResult, TcpSocket,
};
use wasmtime_wasi::{ResourceTableError, WasiView};

use super::Streams;
use crate::linker::NetworkView;
use crate::policy::{Network, Tracked};

/// Puts the streams of the socket with this number behind the policy.
pub(super) fn watched<T: WasiView + NetworkView>(
    state: &mut T,
    number: u32,
    input: Resource<DynInputStream>,
    output: Resource<DynOutputStream>,
) -> Result<Streams, ResourceTableError> {
    let watch = Watch { network: state.network().clone(), traffic: state.network().traffic(number) };
    let table = state.ctx().table;
    let parent = Resource::<TcpSocket>::new_borrow(number);
    let input = Input { inner: table.delete(input)?, watch: watch.clone() };
    let output = Output { inner: table.delete(output)?, watch };
    let input = table.push_child(Box::new(input) as DynInputStream, &parent)?;
    let output = table.push_child(Box::new(output) as DynOutputStream, &parent)?;
    Ok((input, output))
}

#[derive(Clone)]
struct Watch {
    network: Network,
    traffic: Weak<Tracked>,
}

impl Watch {
    /// Waits until something may pass.
    async fn turn(&self) {
        self.network.pace_bytes(0).await;
    }

    /// So many bytes have passed.
    fn count(&self, bytes: usize, tell: impl FnOnce(&Tracked, u64)) {
        if let Some(traffic) = self.traffic.upgrade() {
            tell(&traffic, bytes as u64);
        }
        self.network.count_bytes(bytes as u64);
    }
}

struct Input {
    inner: DynInputStream,
    watch: Watch,
}

#[async_trait]
impl Pollable for Input {
    async fn ready(&mut self) {
        self.watch.turn().await;
        self.inner.ready().await;
    }
}

#[async_trait]
impl InputStream for Input {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        if self.watch.network.is_behind() {
            return Ok(Bytes::new());
        }
        let data = self.inner.read(size)?;
        self.watch.count(data.len(), Tracked::received);
        Ok(data)
    }

    async fn blocking_read(&mut self, size: usize) -> StreamResult<Bytes> {
        self.watch.turn().await;
        let data = self.inner.blocking_read(size).await?;
        self.watch.count(data.len(), Tracked::received);
        Ok(data)
    }

    async fn cancel(&mut self) {
        self.inner.cancel().await;
    }
}

struct Output {
    inner: DynOutputStream,
    watch: Watch,
}

#[async_trait]
impl Pollable for Output {
    async fn ready(&mut self) {
        self.watch.turn().await;
        self.inner.ready().await;
    }
}

#[async_trait]
impl OutputStream for Output {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        let count = bytes.len();
        self.inner.write(bytes)?;
        self.watch.count(count, Tracked::sent);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.inner.flush()
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        if self.watch.network.is_behind() { Ok(0) } else { self.inner.check_write() }
    }

    async fn cancel(&mut self) {
        self.inner.cancel().await;
    }
}
