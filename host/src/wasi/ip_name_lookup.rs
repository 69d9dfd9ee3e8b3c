//! `wasi:sockets/ip-name-lookup` under the policy, in place of wasmtime's own, whose only policy is yes or no.

use std::net::IpAddr;
use std::task::{Context, Poll, Waker};
use std::vec;

use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, Resource, ResourceType};
use wasmtime_wasi::WasiView;
use wasmtime_wasi::p2::bindings::sockets::network::{ErrorCode, IpAddress};
use wasmtime_wasi::p2::{Network as NetworkResource, Pollable, subscribe};
use wasmtime_wasi::runtime::{AbortOnDropJoinHandle, spawn};

use crate::names::resolver::LookupError;
use crate::network::Network;
use crate::runtime::view::NetworkView;

/// Links the interface. The linker must allow shadowing.
pub(super) fn add_to_linker<T: WasiView + NetworkView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    let mut instance = linker.instance("wasi:sockets/ip-name-lookup@0.2.12")?;
    let stream = ResourceType::host::<AddressStream>();
    instance.resource("resolve-address-stream", stream, |mut store: StoreContextMut<'_, T>, representation| {
        store.data_mut().ctx().table.delete(Resource::<AddressStream>::new_own(representation))?;
        Ok(())
    })?;
    instance.func_wrap("resolve-addresses", |mut store, parameters: (Resource<NetworkResource>, String)| {
        Ok((resolve_addresses(store.data_mut(), parameters)?,))
    })?;
    let next = "[method]resolve-address-stream.resolve-next-address";
    instance.func_wrap(next, |mut store, (stream,): (Resource<AddressStream>,)| {
        Ok((store.data_mut().ctx().table.get_mut(&stream)?.next(),))
    })?;
    instance
        .func_wrap("[method]resolve-address-stream.subscribe", |mut store, (stream,): (Resource<AddressStream>,)| {
            Ok((subscribe(store.data_mut().ctx().table, stream)?,))
        })?;
    Ok(())
}

type WitResult<T> = Result<T, ErrorCode>;

/// One lookup in progress, then its addresses.
enum AddressStream {
    Waiting(AbortOnDropJoinHandle<WitResult<Vec<IpAddr>>>),
    Ready(WitResult<vec::IntoIter<IpAddr>>),
}

fn resolve_addresses<T: WasiView + NetworkView>(
    state: &mut T,
    (network, name): (Resource<NetworkResource>, String),
) -> wasmtime::Result<WitResult<Resource<AddressStream>>> {
    // The resource stands for the right to use the network; there is nothing more to it.
    state.ctx().table.get(&network)?;
    let mut stream = AddressStream::start(state.network().clone(), name);
    match stream.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Err(code)) => Ok(Err(code)),
        Poll::Ready(Ok(_)) | Poll::Pending => Ok(Ok(state.ctx().table.push(stream)?)),
    }
}

impl AddressStream {
    fn start(network: Network, name: String) -> Self {
        let mut lookup = Box::pin(async move { network.resolve(&name).await.map_err(ErrorCode::from) });
        // A denial or an address is known at once.
        match lookup.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => Self::Ready(answer.map(Vec::into_iter)),
            Poll::Pending => Self::Waiting(spawn(lookup)),
        }
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<WitResult<&mut vec::IntoIter<IpAddr>>> {
        if let Self::Waiting(task) = self {
            match std::pin::Pin::new(task).poll(context) {
                Poll::Ready(answer) => *self = Self::Ready(answer.map(Vec::into_iter)),
                Poll::Pending => return Poll::Pending,
            }
        }
        match self {
            Self::Ready(Ok(addresses)) => Poll::Ready(Ok(addresses)),
            Self::Ready(Err(code)) => Poll::Ready(Err(*code)),
            Self::Waiting(_) => Poll::Pending,
        }
    }

    fn next(&mut self) -> WitResult<Option<IpAddress>> {
        match self.poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => answer.map(|addresses| addresses.next().map(IpAddress::from)),
            Poll::Pending => Err(ErrorCode::WouldBlock),
        }
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for AddressStream {
    async fn ready(&mut self) {
        std::future::poll_fn(|context| self.poll(context).map(drop)).await;
    }
}

impl From<LookupError> for ErrorCode {
    fn from(error: LookupError) -> Self {
        match error {
            // What wasmtime answers without `-S allow-ip-name-lookup`.
            LookupError::Denied(_) => Self::AccessDenied,
            LookupError::Fail => Self::PermanentResolverFailure,
            LookupError::Malformed => Self::InvalidArgument,
            LookupError::NoName | LookupError::NoData | LookupError::AddressFamily => Self::NameUnresolvable,
            LookupError::Again | LookupError::Busy => Self::TemporaryResolverFailure,
        }
    }
}
