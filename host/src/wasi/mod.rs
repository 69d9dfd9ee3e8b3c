//! `wasi:sockets` with what its address check cannot say: how many sockets there are, how long they live, how much goes over
//! them and how fast, and ports that are other ports outside. Each function here does its part and then what wasmtime's own
//! does.

mod address_check;
mod buffers;
mod ip_name_lookup;
mod streams;
mod tcp;
mod udp;

use std::sync::Arc;

use wasmtime::component::Linker;
use wasmtime_wasi::WasiView;
use wasmtime_wasi::p2::SocketResult;
use wasmtime_wasi::p2::bindings::sockets::network::ErrorCode;

use crate::accounting::account::SocketAccount;
use crate::accounting::quota::{Quota, QuotaExceeded};
use crate::network::Network;
use crate::policy::rule::Protocol;
use crate::runtime::view::NetworkView;

/// Links the functions. The linker must allow shadowing.
pub(crate) fn add_to_linker<T: WasiView + NetworkView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    ip_name_lookup::add_to_linker(linker)?;
    tcp::add_to_linker(linker)?;
    udp::add_to_linker(linker)?;
    buffers::add_to_linker(linker)
}

/// A failure for the guest, or a trap.
fn wit_result<V>(result: SocketResult<V>) -> wasmtime::Result<Result<V, ErrorCode>> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(error) => error.downcast().map(Err),
    }
}

/// The account of a guest's socket. A number without one is an error that wasmtime reports.
fn account(network: &Network, protocol: Protocol, number: u32) -> SocketResult<Arc<SocketAccount>> {
    Ok(network.wasi_sockets().get(protocol, number).ok_or(ErrorCode::InvalidState)?)
}

/// The code of which the guest makes the errno that [`Quota`] names.
fn code(exceeded: QuotaExceeded) -> ErrorCode {
    match exceeded.0 {
        Quota::Sockets | Quota::InboundConnections => ErrorCode::NewSocketLimit,
        Quota::OutboundConnections => ErrorCode::AddressNotBindable,
        Quota::Buffers => ErrorCode::OutOfMemory,
        Quota::Lookups => ErrorCode::TemporaryResolverFailure,
    }
}
