//! `front-ends/*.wasm`: commands that make the calls of a table, each through one front end: the crate on either backend, and the
//! contract, with nothing inside.

use anyhow::Result;
use std::path::PathBuf;

use super::component::encode;
use super::guest::{Call, Guest, cargo_for};
use crate::progress::{self, Step};
use crate::setup::Tools;
use crate::stamp::Stamp;
use crate::workspace::Workspace;
use crate::{command, files};

/// The folder of the commands.
pub(crate) fn build(workspace: &Workspace, tools: &Tools) -> Result<PathBuf> {
    for (guest, name) in COMMANDS {
        build_one(workspace, tools, guest, name)?;
    }
    Ok(workspace.artefact("front-ends"))
}

fn build_one(workspace: &Workspace, tools: &Tools, guest: Guest, name: &str) -> Result<()> {
    let built = workspace.artefact("front-ends").join(name);
    let stamp = Stamp::new(workspace, &format!("front-ends-{name}"), guest.inputs(workspace, tools.compilers.rust)?);
    if stamp.is_current(&[&built]) {
        progress::already(name, "up to date");
        return Ok(());
    }
    let mut step = Step::start(name);
    let mut cargo = cargo_for(workspace, &tools.compilers, guest, Call { verb: "rustc", flags: &[] })?;
    command::run_quietly(&mut step, cargo.args(["--crate-type", "cdylib"]))?;
    files::write(&built, &encode(&guest.output(workspace).join("wasocket_front_ends.wasm"))?)?;
    stamp.set()?;
    step.finish(&built.display().to_string());
    Ok(())
}

/// The names say the front end, and its backend if it is built in.
const COMMANDS: [(Guest, &str); 3] = [
    (Guest::FrontEndContract, "contract.wasm"),
    (Guest::FrontEndRust, "rust-wasi.wasm"),
    (Guest::FrontEndRustHost, "rust-host.wasm"),
];
