//! Policies that change while Python programs run: `cargo run --release --example embed_live`.
//!
//! One program may reach a server until its policy is replaced; for another, a callback decides each time.

mod guest;
mod server;

use std::sync::{Arc, OnceLock};

use anyhow::{Result, ensure};
use wasocket_host::Host;
use wasocket_host::policy::{Attempt, Network, Policy, Rule};

fn main() -> Result<()> {
    let host = Host::builder().build()?;
    let python = guest::python(&host)?;

    // The server takes the permission away as soon as someone has come.
    let network: Arc<OnceLock<Network>> = Arc::default();
    let replaced = Arc::clone(&network);
    let server = server::serve(move || {
        if let Some(network) = replaced.get() {
            network.replace(Policy::new());
        }
    })?;
    let mut policy = Policy::new();
    policy.allow_outbound(Rule::parse(&format!("tcp://{server}"))?);
    let until_replaced = network.get_or_init(|| Network::new(policy, |_| ())).clone();

    let other = server::serve(|| ())?;
    let asked = Network::builder(Policy::new()).ask(move |attempt| Some(*attempt == Attempt::Connect(other))).build();

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (first, second) = runtime.block_on(async {
        tokio::try_join!(
            guest::run(&host, &python, guest::CLIENT, server, until_replaced),
            guest::run(&host, &python, guest::CLIENT, other, asked),
        )
    })?;
    println!("until it was replaced: {first}\nby a callback:         {second}");
    ensure!(first.starts_with("welcome; ") && first.matches("welcome").count() == 1, "{first}");
    ensure!(second == "welcome; welcome; ", "{second}");
    Ok(())
}
