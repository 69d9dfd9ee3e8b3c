//! Three Python programs in one process, each under a policy of its own: `cargo run --release --example embed`.
//!
//! The first may reach a server, the second may not. The third computes for ever, without delaying the others, until it is killed.

mod guest;
mod server;

use anyhow::{Result, ensure};
use wasocket_host::Host;
use wasocket_host::policy::{Network, Policy, Rule};

fn main() -> Result<()> {
    let host = Host::builder().build()?;
    let python = guest::python(&host)?;
    let server = server::serve(|| ())?;

    let mut policy = Policy::new();
    policy.allow_outbound(Rule::parse(&format!("tcp://{server}"))?);
    let allowed = Network::new(policy, |_| ());
    let refused = Network::new(Policy::new(), |denial| println!("the host hears of: {denial}"));

    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (first, second) = runtime.block_on(async {
        let busy = guest::run(&host, &python, "while True: pass", server, Network::new(Policy::new(), |_| ()));
        let others = async {
            tokio::try_join!(
                guest::run(&host, &python, guest::CLIENT, server, allowed),
                guest::run(&host, &python, guest::CLIENT, server, refused),
            )
        };
        tokio::select! {
            others = others => others,
            never = busy => never.and(Err(anyhow::anyhow!("what computes for ever has ended"))),
        }
        // The busy one is dropped here, which kills it.
    })?;
    println!("with a rule:    {first}\nwithout a rule: {second}");
    ensure!(first == "welcome; welcome; ", "{first}");
    ensure!(second.matches("--allow-outbound tcp://127.0.0.1").count() == 2, "{second}");
    Ok(())
}
