//! Datagrams of `wasi:sockets`, no more and no faster than the policy lets them pass.

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource};
use wasmtime_wasi::WasiView;
use wasmtime_wasi::p2::SocketResult;
use wasmtime_wasi::p2::bindings::sockets::udp::{
    HostIncomingDatagramStream, HostOutgoingDatagramStream, IncomingDatagram, IncomingDatagramStream, OutgoingDatagram,
    OutgoingDatagramStream,
};
use wasmtime_wasi::sockets::WasiSocketsView;

use super::answer;
use crate::linker::NetworkView;

/// Links the functions that send and receive. The linker must allow shadowing.
pub(super) fn add_to_linker<T: WasiView + NetworkView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    let mut udp = linker.instance("wasi:sockets/udp@0.2.12")?;
    udp.func_wrap_async(
        "[method]outgoing-datagram-stream.send",
        |mut store: StoreContextMut<'_, T>, (this, datagrams): (Resource<OutgoingDatagramStream>, _)| {
            Box::new(async move { Ok((answer(send(store.data_mut(), this, datagrams).await)?,)) })
        },
    )?;
    udp.func_wrap_async(
        "[method]incoming-datagram-stream.receive",
        |mut store: StoreContextMut<'_, T>, (this, max): (Resource<IncomingDatagramStream>, u64)| {
            Box::new(async move { Ok((answer(receive(store.data_mut(), this, max).await)?,)) })
        },
    )
}

async fn send<T: WasiView + NetworkView>(
    state: &mut T,
    this: Resource<OutgoingDatagramStream>,
    datagrams: Vec<OutgoingDatagram>,
) -> SocketResult<u64> {
    let network = state.network().clone();
    for datagram in &datagrams {
        network.pace_datagram().await;
        network.pace_bytes(datagram.data.len() as u64).await;
    }
    HostOutgoingDatagramStream::send(&mut state.sockets(), this, datagrams)
}

async fn receive<T: WasiView + NetworkView>(
    state: &mut T,
    this: Resource<IncomingDatagramStream>,
    max: u64,
) -> SocketResult<Vec<IncomingDatagram>> {
    let network = state.network().clone();
    let datagrams = HostIncomingDatagramStream::receive(&mut state.sockets(), this, max)?;
    network.pace_bytes(datagrams.iter().map(|datagram| datagram.data.len() as u64).sum()).await;
    Ok(datagrams)
}
