//! TCP sockets of `wasi:sockets`.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource, ResourceType};
use wasmtime_wasi::WasiView;
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpAddressFamily, IpSocketAddress};
use wasmtime_wasi::p2::bindings::sockets::tcp::HostTcpSocket;
use wasmtime_wasi::p2::bindings::sockets::tcp_create_socket;
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, Network as NetworkResource, SocketResult, TcpSocket};
use wasmtime_wasi::sockets::WasiSocketsView;

use super::address_check::SocketContext;
use super::{account, buffers, code, streams, wit_result};
use crate::accounting::account::Connection;
use crate::accounting::buffers::Buffers;
use crate::accounting::quota::Quota;
use crate::accounting::record::Origin;
use crate::network::{AddressAttempt, Network, Requester};
use crate::policy::rule::Protocol;
use crate::runtime::view::NetworkView;

/// Links the functions. The linker must allow shadowing.
pub(super) fn add_to_linker<T: WasiView + NetworkView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    linker.instance("wasi:sockets/tcp-create-socket@0.2.12")?.func_wrap(
        "create-tcp-socket",
        |mut store: StoreContextMut<'_, T>, (family,): (IpAddressFamily,)| {
            Ok((wit_result(create(store.data_mut(), family))?,))
        },
    )?;
    let mut tcp = linker.instance("wasi:sockets/tcp@0.2.12")?;
    tcp.resource("tcp-socket", ResourceType::host::<TcpSocket>(), |mut store: StoreContextMut<'_, T>, number| {
        store.data_mut().network().wasi_sockets().remove(Protocol::Tcp, number);
        HostTcpSocket::drop(&mut store.data_mut().sockets(), Resource::new_own(number))
    })?;
    tcp.func_wrap_async(
        "[method]tcp-socket.start-bind",
        |mut store: StoreContextMut<'_, T>, (this, network, local): WithAddress| {
            Box::new(async move { Ok((wit_result(start_bind(store.data_mut(), this, network, local).await)?,)) })
        },
    )?;
    tcp.func_wrap(
        "[method]tcp-socket.start-connect",
        |mut store: StoreContextMut<'_, T>, (this, network, remote): WithAddress| {
            Ok((wit_result(start_connect(store.data_mut(), this, network, remote))?,))
        },
    )?;
    tcp.func_wrap("[method]tcp-socket.finish-bind", |mut store: StoreContextMut<'_, T>, (this,): This| {
        Ok((wit_result(finish_bind(store.data_mut(), this))?,))
    })?;
    tcp.func_wrap("[method]tcp-socket.finish-connect", |mut store: StoreContextMut<'_, T>, (this,): This| {
        Ok((wit_result(finish_connect(store.data_mut(), this))?,))
    })?;
    tcp.func_wrap("[method]tcp-socket.finish-listen", |mut store: StoreContextMut<'_, T>, (this,): This| {
        Ok((wit_result(finish_listen(store.data_mut(), this))?,))
    })?;
    tcp.func_wrap("[method]tcp-socket.accept", |mut store: StoreContextMut<'_, T>, (this,): This| {
        Ok((wit_result(accept(store.data_mut(), this))?,))
    })
}

type This = (Resource<TcpSocket>,);
type WithAddress = (Resource<TcpSocket>, Resource<NetworkResource>, IpSocketAddress);
type Streams = (Resource<DynInputStream>, Resource<DynOutputStream>);
type Accepted = (Resource<TcpSocket>, Resource<DynInputStream>, Resource<DynOutputStream>);

fn create<T: WasiView + NetworkView>(state: &mut T, family: IpAddressFamily) -> SocketResult<Resource<TcpSocket>> {
    let network = state.network().clone();
    let permit = network.take(Quota::Sockets, 1).map_err(code)?;
    let account = Arc::new(network.account(Some(Protocol::Tcp), Buffers::default(), Origin::New));
    let mut context = SocketContext::new(&network, &account, state.ctx().table);
    let socket = tcp_create_socket::Host::create_tcp_socket(&mut context.sockets(), family)?;
    account.counts(Buffers::of(network.meter(), &mut buffers::Tcp(state, socket.rep()))?);
    network.wasi_sockets().insert(Protocol::Tcp, socket.rep(), account, permit);
    Ok(socket)
}

async fn start_bind<T: WasiView + NetworkView>(
    state: &mut T,
    this: Resource<TcpSocket>,
    network: Resource<NetworkResource>,
    local: IpSocketAddress,
) -> SocketResult<()> {
    let account = account(state.network(), Protocol::Tcp, this.rep())?;
    let attempt = AddressAttempt::Bind(Protocol::Tcp, local.into());
    let admitted = state.network().decide(Requester::socket(&account), attempt).map_err(|_| ErrorCode::AccessDenied)?;
    account.admit(admitted.clone());
    HostTcpSocket::start_bind(&mut state.sockets(), this, network, admitted.address().into()).await
}

fn start_connect<T: WasiView + NetworkView>(
    state: &mut T,
    this: Resource<TcpSocket>,
    network: Resource<NetworkResource>,
    remote: IpSocketAddress,
) -> SocketResult<()> {
    let remote = SocketAddr::from(remote);
    if !is_remote(remote) {
        return HostTcpSocket::start_connect(&mut state.sockets(), this, network, remote.into());
    }
    let account = account(state.network(), Protocol::Tcp, this.rep())?;
    let connection = Connection::outbound(state.network().meter()).map_err(code)?;
    let attempt = AddressAttempt::Connect(remote);
    let admitted = state.network().decide(Requester::socket(&account), attempt).map_err(|_| ErrorCode::AccessDenied)?;
    let destination = admitted.address();
    account.admit(admitted);
    HostTcpSocket::start_connect(&mut state.sockets(), this, network, destination.into())?;
    account.connecting(connection, remote);
    Ok(())
}

/// Whether WASI lets a socket have this peer: no wildcard, no group, no port 0, and no IPv4 address inside an IPv6 one. For the
/// others wasmtime has an error, by the state of the socket; should it ever have none, its address check decides.
fn is_remote(remote: SocketAddr) -> bool {
    let has_meaning = match remote.ip() {
        IpAddr::V4(address) => !address.is_broadcast(),
        IpAddr::V6(address) => address.is_loopback() || !matches!(address.segments(), [0, 0, 0, 0, 0, 0 | 0xffff, ..]),
    };
    has_meaning && !remote.ip().is_unspecified() && !remote.ip().is_multicast() && remote.port() != 0
}

fn finish_connect<T: WasiView + NetworkView>(state: &mut T, this: Resource<TcpSocket>) -> SocketResult<Streams> {
    let number = this.rep();
    let outcome = HostTcpSocket::finish_connect(&mut state.sockets(), this);
    let account = account(state.network(), Protocol::Tcp, number)?;
    match &outcome {
        Ok(_) => {
            let (local, network) = (local(state, number), state.network());
            account.connected(|| local, |remote| network.hold(remote));
        }
        // Called repeatedly while the connection is in progress: nothing to audit yet.
        Err(error) if matches!(error.downcast_ref(), Some(ErrorCode::WouldBlock)) => (),
        Err(_) if account.is_connecting() => account.disconnected(None),
        Err(_) => (),
    }
    let (input, output) = outcome?;
    Ok(streams::counted(state, &account, number, input, output)?)
}

fn finish_listen<T: WasiView + NetworkView>(state: &mut T, this: Resource<TcpSocket>) -> SocketResult<()> {
    let number = this.rep();
    HostTcpSocket::finish_listen(&mut state.sockets(), this)?;
    let local = local(state, number);
    account(state.network(), Protocol::Tcp, number)?.listening(local);
    Ok(())
}

fn finish_bind<T: WasiView + NetworkView>(state: &mut T, this: Resource<TcpSocket>) -> SocketResult<()> {
    let number = this.rep();
    HostTcpSocket::finish_bind(&mut state.sockets(), this)?;
    let local = local(state, number);
    account(state.network(), Protocol::Tcp, number)?.bound(local);
    Ok(())
}

/// The address of a socket, for the audit.
fn local<T: WasiView>(state: &mut T, number: u32) -> Option<SocketAddr> {
    HostTcpSocket::local_address(&mut state.sockets(), Resource::new_borrow(number)).ok().map(SocketAddr::from)
}

fn accept<T: WasiView + NetworkView>(state: &mut T, this: Resource<TcpSocket>) -> SocketResult<Accepted> {
    let network: Network = state.network().clone();
    let permit = network.take(Quota::Sockets, 1).map_err(code)?;
    let connection = Connection::inbound(network.meter()).map_err(code)?;
    let buffers = Buffers::like(network.meter(), &mut buffers::Tcp(state, this.rep()))?;
    let (socket, input, output) = HostTcpSocket::accept(&mut state.sockets(), this)?;
    let number = socket.rep();
    // A peer that is gone already has no address any more.
    let peer = HostTcpSocket::remote_address(&mut state.sockets(), Resource::new_borrow(number)).ok();
    let origin = Origin::Accepted { local: local(state, number), remote: peer.map(SocketAddr::from) };
    let account = Arc::new(network.account(Some(Protocol::Tcp), buffers, origin));
    account.accepted(connection);
    network.wasi_sockets().insert(Protocol::Tcp, number, Arc::clone(&account), permit);
    let (input, output) = streams::counted(state, &account, number, input, output)?;
    Ok((socket, input, output))
}
