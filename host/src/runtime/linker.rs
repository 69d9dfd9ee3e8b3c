//! What a guest can import: WASI 0.2, its sockets and name lookups under the policy.

use wasmtime::component::Linker;
use wasmtime_wasi::WasiView;
use wasmtime_wasi::p2::bindings::LinkOptions;

pub use super::view::NetworkView;
use crate::sockets::{self, HostView};
use crate::wasi;

/// Links WASI 0.2 with everything that reaches the network under the policy of [`NetworkView`].
///
/// Sockets obey the policy that [`Network::grant`](crate::policy::Network::grant) has put into the `WasiCtx`; name lookups ask [`NetworkView::network`].
///
/// ```
/// use wasmtime::component::{Linker, ResourceTable};
/// use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
/// use wasocket_host::linker::NetworkView;
/// use wasocket_host::policy::{Network, Policy, Rule};
///
/// struct Guest {
///     wasi: WasiCtx,
///     table: ResourceTable,
///     network: Network,
/// }
///
/// impl WasiView for Guest {
///     fn ctx(&mut self) -> WasiCtxView<'_> {
///         WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
///     }
/// }
///
/// impl NetworkView for Guest {
///     fn network(&self) -> &Network {
///         &self.network
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut policy = Policy::new();
/// policy.allow_outbound(Rule::parse("tcp://127.0.0.1:8080")?);
/// let network = Network::new(policy, |denial| eprintln!("denied: {denial}"));
///
/// let mut wasi = WasiCtx::builder();
/// network.grant(&mut wasi);
/// let guest = Guest { wasi: wasi.build(), table: ResourceTable::new(), network };
///
/// let engine = wasocket_host::engine::new()?;
/// let mut linker = Linker::new(&engine);
/// wasocket_host::linker::add_to_linker::<Guest>(&mut linker)?;
/// let store = wasmtime::Store::new(&engine, guest);
/// # Ok(())
/// # }
/// ```
pub fn add_to_linker<T: WasiView + NetworkView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    let mut options = LinkOptions::default();
    options.network_error_code(true);
    wasmtime_wasi::p2::add_to_linker_with_options_async(linker, &options)?;
    linker.allow_shadowing(true);
    let linked = wasi::add_to_linker(linker);
    linker.allow_shadowing(false);
    linked
}

/// Links the contract's interface `host`: the operating system's sockets, under the policy that the sockets of
/// [`HostView`] were made with.
pub fn add_host_to_linker<T: HostView + 'static>(linker: &mut Linker<T>) -> wasmtime::Result<()> {
    sockets::add_to_linker(linker)
}
