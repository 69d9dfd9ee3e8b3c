//! `wasi:sockets` with what its address check cannot say: how many sockets there are, how long they live, how much goes over
//! them and how fast, and ports that are other ports outside. Each function here does its part and then what wasmtime's own
//! does.

mod buffers;
mod datagrams;
mod streams;

use std::net::SocketAddr;

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource, ResourceType};
use wasmtime_wasi::WasiView;
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpAddressFamily, IpSocketAddress};
use wasmtime_wasi::p2::bindings::sockets::tcp::HostTcpSocket;
use wasmtime_wasi::p2::bindings::sockets::udp::{HostUdpSocket, UdpSocket};
use wasmtime_wasi::p2::bindings::sockets::{tcp_create_socket, udp_create_socket};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, Network as NetworkResource, SocketResult, TcpSocket};
use wasmtime_wasi::sockets::WasiSocketsView;

use crate::linker::NetworkView;
use crate::policy::{Buffers, Exceeded, Network, Origin, Protocol, connection};

/// Links the functions. The linker must allow shadowing.
pub(crate) fn add_to_linker<T: WasiView + NetworkView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    linker.instance("wasi:sockets/tcp-create-socket@0.2.12")?.func_wrap(
        "create-tcp-socket",
        |mut store: StoreContextMut<'_, T>, (family,): (IpAddressFamily,)| {
            Ok((answer(create_tcp(store.data_mut(), family))?,))
        },
    )?;
    linker.instance("wasi:sockets/udp-create-socket@0.2.12")?.func_wrap_async(
        "create-udp-socket",
        |mut store: StoreContextMut<'_, T>, (family,): (IpAddressFamily,)| {
            Box::new(async move { Ok((answer(create_udp(store.data_mut(), family).await)?,)) })
        },
    )?;
    let mut udp = linker.instance("wasi:sockets/udp@0.2.12")?;
    udp.resource("udp-socket", ResourceType::host::<UdpSocket>(), |mut store: StoreContextMut<'_, T>, number| {
        store.data_mut().network().note_closed(Protocol::Udp, number);
        HostUdpSocket::drop(&mut store.data_mut().sockets(), Resource::new_own(number))
    })?;
    udp.func_wrap(
        "[method]udp-socket.finish-bind",
        |mut store: StoreContextMut<'_, T>, (this,): (Resource<UdpSocket>,)| {
            Ok((answer(finish_bind_udp(store.data_mut(), this))?,))
        },
    )?;
    add_tcp_to_linker(linker)
}

fn add_tcp_to_linker<T: WasiView + NetworkView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    let mut tcp = linker.instance("wasi:sockets/tcp@0.2.12")?;
    tcp.resource("tcp-socket", ResourceType::host::<TcpSocket>(), |mut store: StoreContextMut<'_, T>, number| {
        store.data_mut().network().note_closed(Protocol::Tcp, number);
        HostTcpSocket::drop(&mut store.data_mut().sockets(), Resource::new_own(number))
    })?;
    tcp.func_wrap_async(
        "[method]tcp-socket.start-bind",
        |mut store: StoreContextMut<'_, T>, (this, network, local): BindParameters| {
            Box::new(async move { Ok((answer(start_bind(store.data_mut(), this, network, local).await)?,)) })
        },
    )?;
    tcp.func_wrap(
        "[method]tcp-socket.start-connect",
        |mut store: StoreContextMut<'_, T>, (this, network, remote): BindParameters| {
            Ok((answer(start_connect(store.data_mut(), this, network, remote))?,))
        },
    )?;
    tcp.func_wrap(
        "[method]tcp-socket.finish-bind",
        |mut store: StoreContextMut<'_, T>, (this,): (Resource<TcpSocket>,)| {
            Ok((answer(finish_bind(store.data_mut(), this))?,))
        },
    )?;
    tcp.func_wrap(
        "[method]tcp-socket.finish-connect",
        |mut store: StoreContextMut<'_, T>, (this,): (Resource<TcpSocket>,)| {
            Ok((answer(finish_connect(store.data_mut(), this))?,))
        },
    )?;
    tcp.func_wrap(
        "[method]tcp-socket.finish-listen",
        |mut store: StoreContextMut<'_, T>, (this,): (Resource<TcpSocket>,)| {
            Ok((answer(finish_listen(store.data_mut(), this))?,))
        },
    )?;
    tcp.func_wrap(
        "[method]tcp-socket.accept",
        |mut store: StoreContextMut<'_, T>, (this,): (Resource<TcpSocket>,)| {
            Ok((answer(accept(store.data_mut(), this))?,))
        },
    )?;
    buffers::add_to_linker(linker)?;
    datagrams::add_to_linker(linker)
}

type BindParameters = (Resource<TcpSocket>, Resource<NetworkResource>, IpSocketAddress);
type Streams = (Resource<DynInputStream>, Resource<DynOutputStream>);
type Accepted = (Resource<TcpSocket>, Resource<DynInputStream>, Resource<DynOutputStream>);

/// A failure that the guest is told, or a trap.
fn answer<V>(result: SocketResult<V>) -> wasmtime::Result<Result<V, ErrorCode>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(error) => error.downcast().map(Err),
    }
}

fn create_tcp<T: WasiView + NetworkView>(state: &mut T, family: IpAddressFamily) -> SocketResult<Resource<TcpSocket>> {
    let permit = state.network().take(Exceeded::Sockets, 1).map_err(code)?;
    let socket = tcp_create_socket::Host::create_tcp_socket(&mut state.sockets(), family)?;
    let network = state.network().clone();
    let buffers = Buffers::of(&network, &mut buffers::Tcp(state, socket.rep()))?;
    network.note_open(Protocol::Tcp, socket.rep(), permit, buffers, Origin::New);
    Ok(socket)
}

async fn create_udp<T: WasiView + NetworkView>(
    state: &mut T,
    family: IpAddressFamily,
) -> SocketResult<Resource<UdpSocket>> {
    let permit = state.network().take(Exceeded::Sockets, 1).map_err(code)?;
    let socket = udp_create_socket::Host::create_udp_socket(&mut state.sockets(), family).await?;
    let network = state.network().clone();
    let buffers = Buffers::of(&network, &mut buffers::Udp(state, socket.rep()))?;
    network.note_open(Protocol::Udp, socket.rep(), permit, buffers, Origin::New);
    Ok(socket)
}

async fn start_bind<T: WasiView + NetworkView>(
    state: &mut T,
    this: Resource<TcpSocket>,
    network: Resource<NetworkResource>,
    local: IpSocketAddress,
) -> SocketResult<()> {
    let local = state.network().route_bind(local.into()).map_err(|_| ErrorCode::AccessDenied)?;
    HostTcpSocket::start_bind(&mut state.sockets(), this, network, local.into()).await
}

fn start_connect<T: WasiView + NetworkView>(
    state: &mut T,
    this: Resource<TcpSocket>,
    network: Resource<NetworkResource>,
    remote: IpSocketAddress,
) -> SocketResult<()> {
    let (remote, number): (SocketAddr, u32) = (remote.into(), this.rep());
    let permit = state.network().take(connection(false), 1).map_err(code)?;
    let destination = state.network().route_connect(remote).map_err(|_| ErrorCode::AccessDenied)?;
    HostTcpSocket::start_connect(&mut state.sockets(), this, network, destination.into())?;
    state.network().note_peer(number, remote, permit);
    state.network().note(Protocol::Tcp, number, |tracked| tracked.connecting(remote));
    Ok(())
}

fn finish_connect<T: WasiView + NetworkView>(state: &mut T, this: Resource<TcpSocket>) -> SocketResult<Streams> {
    let number = this.rep();
    let outcome = HostTcpSocket::finish_connect(&mut state.sockets(), this);
    // Asked again and again while the connection is under way: then there is nothing to tell.
    let local = if outcome.is_ok() { local(state, number) } else { None };
    state.network().note(Protocol::Tcp, number, |tracked| match &outcome {
        Ok(_) => tracked.is_through(|| local),
        Err(error) if matches!(error.downcast_ref(), Some(ErrorCode::WouldBlock)) => (),
        Err(_) => tracked.fails(None),
    });
    let (input, output) = outcome?;
    Ok(streams::watched(state, number, input, output)?)
}

fn finish_listen<T: WasiView + NetworkView>(state: &mut T, this: Resource<TcpSocket>) -> SocketResult<()> {
    let number = this.rep();
    HostTcpSocket::finish_listen(&mut state.sockets(), this)?;
    let local = local(state, number);
    state.network().note(Protocol::Tcp, number, |tracked| tracked.listening(local));
    Ok(())
}

fn finish_bind<T: WasiView + NetworkView>(state: &mut T, this: Resource<TcpSocket>) -> SocketResult<()> {
    let number = this.rep();
    HostTcpSocket::finish_bind(&mut state.sockets(), this)?;
    let local = local(state, number);
    state.network().note(Protocol::Tcp, number, |tracked| tracked.bound(local));
    Ok(())
}

fn finish_bind_udp<T: WasiView + NetworkView>(state: &mut T, this: Resource<UdpSocket>) -> SocketResult<()> {
    let number = this.rep();
    HostUdpSocket::finish_bind(&mut state.sockets(), this)?;
    let local = HostUdpSocket::local_address(&mut state.sockets(), Resource::new_borrow(number)).ok();
    state.network().note(Protocol::Udp, number, |tracked| tracked.bound(local.map(SocketAddr::from)));
    Ok(())
}

/// The address of a TCP socket, for those who are told of it.
fn local<T: WasiView>(state: &mut T, number: u32) -> Option<SocketAddr> {
    HostTcpSocket::local_address(&mut state.sockets(), Resource::new_borrow(number)).ok().map(SocketAddr::from)
}

fn accept<T: WasiView + NetworkView>(state: &mut T, this: Resource<TcpSocket>) -> SocketResult<Accepted> {
    let permits = |network: &Network| Ok((network.take(Exceeded::Sockets, 1)?, network.take(connection(true), 1)?));
    let (permit, connection) = permits(state.network()).map_err(code)?;
    let network = state.network().clone();
    let buffers = Buffers::like(&network, &mut buffers::Tcp(state, this.rep()))?;
    let (socket, input, output) = HostTcpSocket::accept(&mut state.sockets(), this)?;
    let number = socket.rep();
    let peer = HostTcpSocket::remote_address(&mut state.sockets(), Resource::new_borrow(number));
    // A peer that is gone already has no address any more.
    let remote = peer.ok().map(SocketAddr::from);
    let origin = Origin::Accepted { local: local(state, number), remote };
    network.note_open(Protocol::Tcp, number, permit, buffers, origin);
    if let Some(remote) = remote {
        network.note_peer(number, remote, connection);
    }
    let (input, output) = streams::watched(state, number, input, output)?;
    Ok((socket, input, output))
}

/// The code of which the guest makes the errno that [`Exceeded`] names.
fn code(exceeded: Exceeded) -> ErrorCode {
    match exceeded {
        Exceeded::Sockets | Exceeded::InboundConnections => ErrorCode::NewSocketLimit,
        Exceeded::OutboundConnections => ErrorCode::AddressNotBindable,
        Exceeded::Buffers => ErrorCode::OutOfMemory,
        Exceeded::Lookups => ErrorCode::TemporaryResolverFailure,
    }
}
