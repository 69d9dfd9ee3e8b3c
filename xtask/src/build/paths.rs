//! `paths.wasm`: the core's hot paths as a plain module of WebAssembly.

use anyhow::Result;
use std::path::PathBuf;

use super::guest::{Call, Guest, cargo_for};
use crate::progress::{self, Step};
use crate::setup::Tools;
use crate::stamp::Stamp;
use crate::workspace::Workspace;
use crate::{command, files};

/// The module's path.
pub(crate) fn build(workspace: &Workspace, tools: &Tools) -> Result<PathBuf> {
    let built = workspace.artefact("paths.wasm");
    let stamp = Stamp::new(workspace, "paths", Guest::Paths.inputs(workspace, tools.compilers.rust)?);
    if stamp.is_current(&[&built]) {
        progress::already("paths.wasm", "up to date");
        return Ok(built);
    }
    let mut step = Step::start("paths.wasm");
    let mut cargo = cargo_for(workspace, &tools.compilers, Guest::Paths, Call { verb: "rustc", flags: &[] })?;
    command::run_quietly(&mut step, cargo.args(["--crate-type", "cdylib"]))?;
    files::copy(&Guest::Paths.output(workspace).join("wasocket_bench_paths.wasm"), &built)?;
    stamp.set()?;
    step.finish(&built.display().to_string());
    Ok(built)
}
