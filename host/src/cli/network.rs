//! The options that make up the network policy.

use anyhow::{Context, Result};
use wasocket_host::policy::{NamePattern, Policy, Rule};

/// What the program may reach. Without any of these: nothing.
#[derive(clap::Args)]
#[command(next_help_heading = "Network (deny wins; without a rule nothing is reachable)")]
pub(super) struct NetworkArguments {
    /// Allow connections and datagrams to addresses.
    #[arg(long, value_name = "RULE", help = OUTBOUND)]
    allow_outbound: Vec<String>,
    /// Allow being reached on local addresses; port 0 is a port that the system chooses
    #[arg(long, value_name = "RULE")]
    allow_inbound: Vec<String>,
    /// Allow looking up names: example.com, *.example.com, *
    #[arg(long, value_name = "NAME")]
    allow_resolve: Vec<String>,
    /// Forbid connections and datagrams to addresses
    #[arg(long, value_name = "RULE")]
    deny_outbound: Vec<String>,
    /// Forbid being reached on local addresses
    #[arg(long, value_name = "RULE")]
    deny_inbound: Vec<String>,
    /// Allow all of the network, name lookups included
    #[arg(long)]
    allow_net: bool,
}

impl NetworkArguments {
    /// The policy, if every rule is well formed.
    pub(super) fn policy(&self) -> Result<Policy> {
        let mut policy = Policy::new();
        for rule in rules("--allow-outbound", &self.allow_outbound) {
            policy.allow_outbound(rule?);
        }
        for rule in rules("--allow-inbound", &self.allow_inbound) {
            policy.allow_inbound(rule?);
        }
        for rule in rules("--deny-outbound", &self.deny_outbound) {
            policy.deny_outbound(rule?);
        }
        for rule in rules("--deny-inbound", &self.deny_inbound) {
            policy.deny_inbound(rule?);
        }
        for text in &self.allow_resolve {
            policy.allow_resolve(NamePattern::parse(text).context("--allow-resolve")?);
        }
        if self.allow_net {
            policy.allow_everything()?;
        }
        Ok(policy)
    }
}

fn rules(option: &'static str, texts: &[String]) -> impl Iterator<Item = Result<Rule>> {
    texts.iter().map(move |text| Rule::parse(text).context(option))
}

const OUTBOUND: &str = "Allow connections and datagrams to addresses: tcp://127.0.0.1:8080, \
udp://10.0.0.0/8:53,1000-2000, tcp://[::1]:*, tcp://localhost:80, tcp://*:443";
