//! The options that make up the network policy.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result};
use wasocket_host::policy::{NamePattern, Policy, Rule};

/// What the program may reach. Without any of these: nothing.
#[derive(clap::Args)]
#[command(next_help_heading = "Network (deny wins; without a rule nothing is reachable)")]
pub(super) struct NetworkArguments {
    /// Read rules from a file; what other options say is added to it
    #[arg(long, value_name = "FILE.toml")]
    policy: Option<PathBuf>,
    /// Allow connections and datagrams to addresses or names.
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
    /// Forbid looking up names
    #[arg(long, value_name = "NAME")]
    deny_resolve: Vec<String>,
    /// Ask this name server, and not the system's configuration and hosts file
    #[arg(long, value_name = "ADDRESS:PORT")]
    dns: Option<SocketAddr>,
    /// Allow all of the network, name lookups included; cloud metadata addresses stay closed
    #[arg(long)]
    allow_net: bool,
}

impl NetworkArguments {
    /// The policy, if every rule is well formed.
    pub(super) fn policy(&self) -> Result<Policy> {
        let mut policy = self.policy.as_deref().map_or_else(|| Ok(Policy::new()), Policy::from_file)?;
        for text in &self.allow_outbound {
            policy.allow_outbound(Rule::parse_outbound(text).context("--allow-outbound")?);
        }
        for text in &self.allow_inbound {
            policy.allow_inbound(Rule::parse_inbound(text).context("--allow-inbound")?);
        }
        for text in &self.allow_resolve {
            policy.allow_resolve(NamePattern::parse(text).context("--allow-resolve")?);
        }
        for text in &self.deny_outbound {
            policy.deny_outbound(Rule::parse_deny(text).context("--deny-outbound")?);
        }
        for text in &self.deny_inbound {
            policy.deny_inbound(Rule::parse_deny(text).context("--deny-inbound")?);
        }
        for text in &self.deny_resolve {
            policy.deny_resolve(NamePattern::parse(text).context("--deny-resolve")?);
        }
        if self.allow_net {
            policy.allow_everything()?;
        }
        if let Some(server) = self.dns {
            policy.set_dns(server);
        }
        Ok(policy)
    }
}

const OUTBOUND: &str = "Allow connections and datagrams to addresses or names: tcp://127.0.0.1:8080, \
tcp://example.com:443, udp://10.0.0.0/8:53,1000-2000, tcp://[::1]:*, tcp://localhost:80, tcp://*:443, \
'tcp://db.internal->10.0.0.5:5432'";
