//! `cargo xtask build`: everything that a user runs, each piece only if its inputs changed.

mod component;
mod extension;
mod guest;
mod host;
mod interpreter;

use anyhow::Result;
use std::path::PathBuf;

use crate::setup::{self, Tools};
use crate::workspace::Workspace;

pub(crate) use extension::environment as extension_environment;
pub(crate) use guest::{Guest, cargo_for};

/// What the build leaves behind.
pub(crate) struct Built {
    pub(crate) tools: Tools,
    /// The `wasocket` command; its interpreter lies beside it.
    pub(crate) wasocket: PathBuf,
}

/// Sets up what is missing and builds all.
pub(crate) fn run(workspace: &Workspace) -> Result<Built> {
    let tools = setup::run(workspace)?;
    eprintln!("Building");
    component::build(workspace, &tools)?;
    let extension = extension::build(workspace, &tools)?;
    let interpreter = interpreter::build(workspace, &tools, &extension)?;
    let wasocket = host::build(workspace, &interpreter)?;
    Ok(Built { tools, wasocket })
}
