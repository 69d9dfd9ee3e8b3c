//! UDP sockets of `wasi:sockets`: each hears and answers by its own address, no more and no faster than the policy lets
//! datagrams pass.

use std::net::SocketAddr;
use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource, ResourceType};
use wasmtime_wasi::WasiView;
use wasmtime_wasi::p2::SocketResult;
use wasmtime_wasi::p2::bindings::sockets::network::{IpAddressFamily, IpSocketAddress};
use wasmtime_wasi::p2::bindings::sockets::udp::{
    HostIncomingDatagramStream, HostOutgoingDatagramStream, HostUdpSocket, IncomingDatagram, IncomingDatagramStream,
    OutgoingDatagram, OutgoingDatagramStream, UdpSocket,
};
use wasmtime_wasi::p2::bindings::sockets::udp_create_socket;
use wasmtime_wasi::sockets::WasiSocketsView;

use super::address_check::SocketContext;
use super::{account, buffers, code, wit_result};
use crate::accounting::buffers::Buffers;
use crate::accounting::quota::Quota;
use crate::accounting::record::Origin;
use crate::policy::rule::Protocol;
use crate::runtime::view::NetworkView;

/// Links the functions. The linker must allow shadowing.
pub(super) fn add_to_linker<T: WasiView + NetworkView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    linker.instance("wasi:sockets/udp-create-socket@0.2.12")?.func_wrap_async(
        "create-udp-socket",
        |mut store: StoreContextMut<'_, T>, (family,): (IpAddressFamily,)| {
            Box::new(async move { Ok((wit_result(create(store.data_mut(), family).await)?,)) })
        },
    )?;
    let mut udp = linker.instance("wasi:sockets/udp@0.2.12")?;
    udp.resource("udp-socket", ResourceType::host::<UdpSocket>(), |mut store: StoreContextMut<'_, T>, number| {
        store.data_mut().network().wasi_sockets().remove(Protocol::Udp, number);
        HostUdpSocket::drop(&mut store.data_mut().sockets(), Resource::new_own(number))
    })?;
    udp.func_wrap(
        "[method]udp-socket.finish-bind",
        |mut store: StoreContextMut<'_, T>, (this,): (Resource<UdpSocket>,)| {
            Ok((wit_result(finish_bind(store.data_mut(), this))?,))
        },
    )?;
    udp.func_wrap_async(
        "[method]udp-socket.stream",
        |mut store: StoreContextMut<'_, T>, (this, remote): (Resource<UdpSocket>, Option<IpSocketAddress>)| {
            Box::new(async move { Ok((wit_result(stream(store.data_mut(), this, remote).await)?,)) })
        },
    )?;
    udp.func_wrap_async(
        "[method]outgoing-datagram-stream.send",
        |mut store: StoreContextMut<'_, T>, (this, datagrams): (Resource<OutgoingDatagramStream>, _)| {
            Box::new(async move { Ok((wit_result(send(store.data_mut(), this, datagrams).await)?,)) })
        },
    )?;
    udp.func_wrap_async(
        "[method]incoming-datagram-stream.receive",
        |mut store: StoreContextMut<'_, T>, (this, max): (Resource<IncomingDatagramStream>, u64)| {
            Box::new(async move { Ok((wit_result(receive(store.data_mut(), this, max).await)?,)) })
        },
    )
}

type Streams = (Resource<IncomingDatagramStream>, Resource<OutgoingDatagramStream>);

async fn create<T: WasiView + NetworkView>(
    state: &mut T,
    family: IpAddressFamily,
) -> SocketResult<Resource<UdpSocket>> {
    let network = state.network().clone();
    let permit = network.take(Quota::Sockets, 1).map_err(code)?;
    // Streams of datagrams do not say which socket they belong to.
    let account = network.account_that_counts(Some(Protocol::Udp), false, Buffers::default(), Origin::New);
    let account = Arc::new(account);
    let mut context = SocketContext::new(&network, &account, state.ctx().table);
    let socket = udp_create_socket::Host::create_udp_socket(&mut context.sockets(), family).await?;
    account.counts(Buffers::of(network.meter(), &mut buffers::Udp(state, socket.rep()))?);
    network.wasi_sockets().insert(Protocol::Udp, socket.rep(), account, permit);
    Ok(socket)
}

fn finish_bind<T: WasiView + NetworkView>(state: &mut T, this: Resource<UdpSocket>) -> SocketResult<()> {
    let number = this.rep();
    HostUdpSocket::finish_bind(&mut state.sockets(), this)?;
    let local = local(state, number);
    account(state.network(), Protocol::Udp, number)?.bound(local);
    Ok(())
}

/// A socket that gets a peer, or has none any more, may be bound elsewhere for that.
async fn stream<T: WasiView + NetworkView>(
    state: &mut T,
    this: Resource<UdpSocket>,
    remote: Option<IpSocketAddress>,
) -> SocketResult<Streams> {
    let number = this.rep();
    let streams = HostUdpSocket::stream(&mut state.sockets(), this, remote).await?;
    let local = local(state, number);
    account(state.network(), Protocol::Udp, number)?.moved_to(local);
    Ok(streams)
}

fn local<T: WasiView>(state: &mut T, number: u32) -> Option<SocketAddr> {
    HostUdpSocket::local_address(&mut state.sockets(), Resource::new_borrow(number)).ok().map(SocketAddr::from)
}

async fn send<T: WasiView + NetworkView>(
    state: &mut T,
    this: Resource<OutgoingDatagramStream>,
    datagrams: Vec<OutgoingDatagram>,
) -> SocketResult<u64> {
    let meter = Arc::clone(state.network().meter());
    for datagram in &datagrams {
        meter.pace_datagrams(1).await;
        meter.pace_bytes(datagram.data.len() as u64).await;
    }
    HostOutgoingDatagramStream::send(&mut state.sockets(), this, datagrams)
}

async fn receive<T: WasiView + NetworkView>(
    state: &mut T,
    this: Resource<IncomingDatagramStream>,
    max: u64,
) -> SocketResult<Vec<IncomingDatagram>> {
    let meter = Arc::clone(state.network().meter());
    let datagrams = HostIncomingDatagramStream::receive(&mut state.sockets(), this, max)?;
    meter.pace_bytes(datagrams.iter().map(|datagram| datagram.data.len() as u64).sum()).await;
    Ok(datagrams)
}
