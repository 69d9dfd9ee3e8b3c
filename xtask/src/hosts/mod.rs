//! Packages and hosts that are not ours: each is used as its documentation says, against real peers.

mod wheel;

use anyhow::Result;

use crate::build;
use crate::workspace::Workspace;

/// Everything the step `hosts` checks.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let tools = crate::setup::run(workspace)?;
    let extension = build::portable_extension(workspace, &tools)?;
    wheel::check(workspace, &tools, &extension)
}
