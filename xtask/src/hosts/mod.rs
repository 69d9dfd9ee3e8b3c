//! Packages and hosts that are not ours: each is used as its documentation says, against real peers.

mod node;
mod probe;
mod wasmtime_py;
mod wheel;

use anyhow::Result;

use crate::build;
use crate::workspace::Workspace;

/// Everything the step `hosts` checks; with `accept`, docs/hosts.md is written anew.
pub(crate) fn run(workspace: &Workspace, accept: bool) -> Result<()> {
    let tools = crate::setup::run(workspace)?;
    let probes = build::probes(workspace, &tools)?;
    node::check(workspace, &probes.component)?;
    probe::check(workspace, &tools, &probes, accept)?;
    wheel::check(workspace, &tools, &build::portable_extension(workspace, &tools)?)
}

/// The step of `cargo xtask test`.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    run(workspace, false)
}
