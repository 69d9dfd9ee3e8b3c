//! The two streams of a connection: what goes over them is counted, and goes no faster than the policy lets it.

use std::sync::{Arc, Weak};

use bytes::Bytes;
use wasmtime::component::Resource;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::{
    DynInputStream, DynOutputStream, InputStream, OutputStream, Pollable, StreamResult, TcpSocket,
};
use wasmtime_wasi::{ResourceTableError, WasiView};

use crate::accounting::account::SocketAccount;
use crate::accounting::meter::Meter;

type Streams = (Resource<DynInputStream>, Resource<DynOutputStream>);

/// Puts the streams of the socket with this number behind the policy.
pub(super) fn counted<T: WasiView>(
    state: &mut T,
    account: &Arc<SocketAccount>,
    number: u32,
    input: Resource<DynInputStream>,
    output: Resource<DynOutputStream>,
) -> Result<Streams, ResourceTableError> {
    let traffic = Traffic { meter: Arc::clone(account.meter()), account: Arc::downgrade(account) };
    let table = state.ctx().table;
    let parent = Resource::<TcpSocket>::new_borrow(number);
    let input = Input { inner: table.delete(input)?, traffic: traffic.clone() };
    let output = Output { inner: table.delete(output)?, traffic };
    let input = table.push_child(Box::new(input) as DynInputStream, &parent)?;
    let output = table.push_child(Box::new(output) as DynOutputStream, &parent)?;
    Ok((input, output))
}

/// What passes over a connection. The streams may outlive the socket.
#[derive(Clone)]
struct Traffic {
    meter: Arc<Meter>,
    account: Weak<SocketAccount>,
}

impl Traffic {
    /// Waits until something may pass.
    async fn turn(&self) {
        self.meter.pace_bytes(0).await;
    }

    /// So many bytes have passed.
    fn count(&self, bytes: usize, emit: impl FnOnce(&SocketAccount, usize)) {
        if let Some(account) = self.account.upgrade() {
            emit(&account, bytes);
        }
        self.meter.count_bytes(bytes as u64);
    }
}

struct Input {
    inner: DynInputStream,
    traffic: Traffic,
}

#[async_trait]
impl Pollable for Input {
    async fn ready(&mut self) {
        self.traffic.turn().await;
        self.inner.ready().await;
    }
}

#[async_trait]
impl InputStream for Input {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        if self.traffic.meter.is_behind() {
            return Ok(Bytes::new());
        }
        let data = self.inner.read(size)?;
        self.traffic.count(data.len(), SocketAccount::received);
        Ok(data)
    }

    async fn blocking_read(&mut self, size: usize) -> StreamResult<Bytes> {
        self.traffic.turn().await;
        let data = self.inner.blocking_read(size).await?;
        self.traffic.count(data.len(), SocketAccount::received);
        Ok(data)
    }

    async fn cancel(&mut self) {
        self.inner.cancel().await;
    }
}

struct Output {
    inner: DynOutputStream,
    traffic: Traffic,
}

#[async_trait]
impl Pollable for Output {
    async fn ready(&mut self) {
        self.traffic.turn().await;
        self.inner.ready().await;
    }
}

#[async_trait]
impl OutputStream for Output {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        let count = bytes.len();
        self.inner.write(bytes)?;
        self.traffic.count(count, SocketAccount::sent);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        self.inner.flush()
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        if self.traffic.meter.is_behind() { Ok(0) } else { self.inner.check_write() }
    }

    async fn cancel(&mut self) {
        self.inner.cancel().await;
    }
}
