//! `raw-guest.wasm`: a command that does on plain `wasi:sockets` what its arguments say.

use anyhow::Result;
use std::path::PathBuf;

use super::component::encode;
use super::guest::{Call, Guest, cargo_for};
use crate::progress::{self, Step};
use crate::setup::Tools;
use crate::stamp::Stamp;
use crate::workspace::Workspace;
use crate::{command, files};

/// The command's path.
pub(crate) fn build(workspace: &Workspace, tools: &Tools) -> Result<PathBuf> {
    let built = workspace.artefact("raw-guest.wasm");
    let stamp = Stamp::new(workspace, "raw-guest", Guest::Raw.inputs(workspace, tools.wasm)?);
    if stamp.is_current(&[&built]) {
        progress::already("raw-guest.wasm", "up to date");
        return Ok(built);
    }
    let mut step = Step::start("raw-guest.wasm");
    let mut cargo = cargo_for(workspace, tools.wasm, Guest::Raw, Call { verb: "rustc", flags: &[] })?;
    command::run_quietly(&mut step, cargo.args(["--crate-type", "cdylib"]))?;
    let bytes = encode(&Guest::Raw.output(workspace).join("wasocket_raw_guest.wasm"))?;
    files::write(&built, &bytes)?;
    stamp.set()?;
    step.finish(&format!("{}, {}", built.display(), files::size_text(bytes.len() as u64)));
    Ok(built)
}
