//! Your own wasmtime, and sockets under a policy in it: `cargo run --release --example own_wasmtime APP.wasm [RULE…]`.
//!
//! `RULE` is what the component may connect to, as `tcp://example.com:443`; without any it may do all.

use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::error::Context as _;
use wasmtime::{Engine, Result, Store};
use wasmtime_wasi::p2::bindings::Command;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasocket_host::linker::{self, NetworkView};
use wasocket_host::policy::{Network, Policy, Rule};

struct Guest {
    wasi: WasiCtx,
    table: ResourceTable,
    network: Network,
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl NetworkView for Guest {
    fn network(&self) -> &Network {
        &self.network
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().context("the first argument is a component")?;
    let mut policy = Policy::new();
    let rules = arguments.map(|rule| Ok(Rule::parse(&rule)?)).collect::<Result<Vec<_>>>()?;
    if rules.is_empty() {
        policy.allow_everything()?;
    }
    for rule in rules {
        policy.allow_outbound(rule);
    }
    let network = Network::new(policy, |denial| eprintln!("denied: {denial}"));
    let mut wasi = WasiCtx::builder();
    network.grant(wasi.inherit_stdout().inherit_stderr());

    let engine = Engine::default();
    let mut linker = Linker::new(&engine);
    linker::add_to_linker::<Guest>(&mut linker)?;
    let component = Component::from_file(&engine, path)?;
    let mut store = Store::new(&engine, Guest { wasi: wasi.build(), table: ResourceTable::new(), network });
    let command = Command::instantiate_async(&mut store, &component, &linker).await?;
    std::process::exit(i32::from(command.wasi_cli_run().call_run(&mut store).await?.is_err()))
}
